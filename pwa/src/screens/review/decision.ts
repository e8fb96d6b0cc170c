/** Deciding a field: the edit that settles it. It saw every candidate on the screen, so none of them is left over. */
import type { Edit, Json, RecordShown } from '../../store/types';

export function settling(record: RecordShown, field: string, value: Json): Edit {
  const { id, kind, patient, version } = record;
  const edit = { record: id, kind, patient, seen: version };
  if (field === 'deleted') return { ...edit, delete: value === true };
  return { ...edit, set: { [field]: value } };
}
