/** A line of text on a page: size in points and height over the lower edge. */
export interface PdfLine {
  readonly text: string;
  readonly size: number;
  readonly y: number;
}

/** Writes a PDF with the given pages, in Helvetica. */
export function pdfFile(pages: readonly (readonly PdfLine[])[], title?: string): Uint8Array {
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const kids = pages.map((_, at) => `${4 + at * 2} 0 R`).join(' ');
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`);
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
  for (const [at, lines] of pages.entries()) {
    const content = lines
      .map(({ text, size, y }) => `BT /F1 ${size} Tf 1 0 0 1 72 ${y} Tm (${text.replace(/[\\()]/g, '\\$&')}) Tj ET`)
      .join('\n');
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + at * 2} 0 R >>`,
    );
    add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  if (title !== undefined) add(`<< /Title (${title}) >>`);
  let file = '%PDF-1.4\n';
  const places = objects.map((body, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${body}\nendobj\n`;
    return place;
  });
  const table = file.length;
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  file += places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const info = title === undefined ? '' : ` /Info ${objects.length} 0 R`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R${info} >>\nstartxref\n${table}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

/** A PDF of one page whose content is this zlib stream, whatever it unpacks to. */
export function pdfBomb(deflated: Uint8Array): Uint8Array {
  const head = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents 4 0 R >>',
  ].map((body, at) => `${at + 1} 0 obj\n${body}\nendobj\n`);
  const stream = `4 0 obj\n<< /Length ${deflated.length} /Filter /FlateDecode >>\nstream\n`;
  // Without a table of places: readers look for the objects themselves.
  return Buffer.concat([
    Buffer.from(`%PDF-1.4\n${head.join('')}${stream}`, 'latin1'),
    deflated,
    Buffer.from('\nendstream\nendobj\ntrailer\n<< /Size 5 /Root 1 0 R >>\n%%EOF\n', 'latin1'),
  ]);
}
