/** Writes plain text so that Markdown shows it as it is; lists stay lists. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*<[\]]|&(?=#?\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/^([ \t]*)(#|>|~~~|==|--)/gm, '$1\\$2');
}
