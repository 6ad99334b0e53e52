declare module '*.css' {
  /** The text of the sheet, minified. */
  const css: string;
  export default css;
}
