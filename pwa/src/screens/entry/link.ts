/** What a person pastes from an invitation: the whole link, or the token at its end. */

const TOKEN = /^[\w-]{16,}$/;

/** The token, or null where the text holds none. */
export function tokenOf(pasted: string): string | null {
  const text = pasted.trim();
  const inLink = /#\/join\/([^\s/?#]+)/.exec(text)?.[1];
  const token = inLink ?? text;
  return TOKEN.test(token) ? token : null;
}
