/** Signing on the glass: the text that was read, its hash, and who signed it (protocol.md, "Creation and locks"). */
import type { Json, RecordShown } from '../../store/types';

export const SIGNERS = ['patient', 'caregiver', 'coordinator', 'clinician'] as const;
export type Signer = (typeof SIGNERS)[number];

export interface Signature {
  name: string;
  role: Signer;
  at: string;
  text: string;
  hash: string;
  member: string;
  strokes?: string;
}

export function isSigned({ fields }: RecordShown): boolean {
  return signaturesOf(fields.signature).length > 0;
}

export function signaturesOf(log: Json | undefined): Record<string, Json>[] {
  return (Array.isArray(log) ? log : []).filter(
    (one): one is Record<string, Json> =>
      one !== null && typeof one === 'object' && !Array.isArray(one),
  );
}

/** SHA-256 of the text in UTF-8, in hex. */
export async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
