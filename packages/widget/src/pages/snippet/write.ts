import type { LayoutForm } from '../../config/options.ts';

export interface SnippetOptions {
  readonly hostUrl: string;
  /** Id of the installation, which the server gives with each agent. */
  readonly orchestrationId: string;
  readonly agentId: string;
  readonly form: LayoutForm;
  readonly primaryColor?: string;
}

/** The documented script that puts a chat on a page; a `custom` one stands in the element with the id `chat`. */
export function writeSnippet({ hostUrl, orchestrationId, agentId, form, primaryColor }: SnippetOptions): string {
  const layout =
    form === 'custom' ? "{ form: 'custom', customElement: document.getElementById('chat') }" : `{ form: '${form}' }`;
  const box =
    form === 'custom'
      ? '<!-- It fills this element, which needs a height. -->\n<div id="chat" class="chat"></div>\n'
      : '';
  const style = primaryColor ? `\n    style: { primaryColor: '${primaryColor}' },` : '';
  return `${box}<script>
  window.wxOConfiguration = {
    orchestrationID: '${orchestrationId}',
    hostURL: '${hostUrl}',
    chatOptions: { agentId: '${agentId}' },
    layout: ${layout},${style}
  };
  setTimeout(function () {
    const script = document.createElement('script');
    script.src = window.wxOConfiguration.hostURL + '/wxoLoader.js?embed=true';
    script.addEventListener('load', function () { wxoLoader.init(); });
    document.head.appendChild(script);
  }, 0);
</script>`;
}
