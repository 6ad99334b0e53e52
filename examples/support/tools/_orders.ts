/** The shop's orders. A real shop asks its database or its service. */
export const ORDERS: Readonly<Record<string, { item: string; total: number; status: string }>> = {
  A100: { item: 'a kettle', total: 39.9, status: 'delivered on 3 November' },
  A101: { item: 'a reading lamp', total: 64, status: 'on its way, due tomorrow' },
  A102: { item: 'two mugs', total: 18.5, status: 'delivered on 9 November' },
};
