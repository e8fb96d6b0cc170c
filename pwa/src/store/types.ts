/** What the phone keeps and shows, in the words of the protocol. Screens and store share these shapes. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Role = 'coordinator' | 'clinician' | 'supervisor' | 'administrator';

/** The signed-in member, as `GET /api/me` names them. Kept sealed, so that it is known offline. */
export interface Me {
  member: string;
  name: string;
  role: Role;
  organisation: string;
  organisation_name: string;
  email: string;
  team: string | null;
  demo: boolean;
  /** The server's public key, for which this phone seals a copy of its own. */
  escrow_key?: string;
  /** This session may have the escrow's copy back. */
  recovery?: boolean;
  /** How many passkeys this member has. */
  passkeys?: number;
}

/** One live write of a contested or overruled field. In `contested.deleted` the value is true or false. */
export interface Contestant {
  value: Json;
  member: string;
  at: number;
  seq: number;
  seen: number;
}

/** A record as the server sent it: the fold of its changes. */
export interface ServerRecord {
  id: string;
  kind: string;
  /** Null for a record of the library, its own id for a patient. */
  patient: string | null;
  version: number;
  deleted: boolean;
  fields: Record<string, Json>;
  contested: Record<string, Contestant[]>;
  overruled: Record<string, Contestant[]>;
}

/** A record as a screen shows it: the server's, with this phone's own changes laid over it. */
export interface RecordShown extends ServerRecord {
  /** Fields that this phone's changes are laid over; `["*"]` for a record the server has not yet sent. */
  unsent: string[];
}

/** What a change says: only what its author changed. A deletion or a keep says nothing else. */
export interface Said {
  set?: Record<string, Json>;
  add?: Record<string, Json[]>;
  remove?: Record<string, Json[]>;
  delete?: boolean;
}

/** One edit of one record, as a form hands it to `app.save`. */
export interface Edit extends Said {
  record: string;
  kind: string;
  /** Null for the library; equal to `record` for the patient record itself. */
  patient: string | null;
  /** `version` of the RecordShown that stood before the author's eyes when they began; 0 for a new record. */
  seen: number;
}

/** An edit with its dot and its time: what is sent. */
export interface Change extends Edit {
  n: number;
  at: number;
}

/** Why the server refused a change. `message` is a sentence in the member's language. */
export interface Refusal {
  code: string;
  field?: string;
  params?: Record<string, Json>;
  message: string;
}

/** A refused change on the phone (protocol.md, "Creation and locks"). Its content is gone after a handover. */
export interface Refused {
  /** Names the entry in the journal. */
  id: string;
  n: number;
  refusal: Refusal;
  refused_at: number;
  /** Null where the chart has left the phone: only the note of when and why is kept. */
  change: Change | null;
}

/** A write of this member that was set aside (protocol.md, "Words"), told once. */
export interface Notice {
  device: string;
  n: number;
  record: string;
  field: string;
  value: Json;
  /** Known while the record is on this phone. */
  kind: string | null;
  patient: string | null;
  told_at: number;
}

export interface PersonName {
  family?: string;
  given?: string;
  prefix?: string;
}

/** What every row says of the record it stands for. */
export interface Row {
  id: string;
  patient: string;
  /** True while a change of this phone to the record awaits the server. */
  unsent: boolean;
  /** Names of its contested fields. */
  contested: string[];
}

export interface PatientRow extends Row {
  name: PersonName;
  preferred_name: string | null;
  birth_date: string | null;
  gender: string | null;
  language: string | null;
  interpreter_required: boolean;
  deceased: boolean;
  telephone: string | null;
  address: Record<string, Json> | null;
  alerts: Json;
  /** Active, confirmed or not: what a header must never hide. Names of substances. */
  allergies: string[];
  /** End of the last finished visit, null if there was none. Milliseconds since 1970. */
  last_visit: number | null;
  /** From the active assignment: since when the chart is in hand, and how often the patient is to be seen. */
  held_from: string | null;
  contact_every_days: number | null;
  /** Records of the chart with a contested field or an overruled one. */
  review: number;
  /** Name, preferred name, birth date, telephones and address, folded for search (see `foldText`). */
  search: string;
}

export interface Zoned {
  local: string;
  zone: string;
}

export interface AppointmentRow extends Row {
  type: string | null;
  status: string | null;
  start: Zoned | null;
  end: Zoned | null;
  /** Every start that is still being asked about, when the start is contested. */
  starts: Zoned[];
  location: Json;
  prep: string | null;
  member: string | null;
  /** The visit that was begun for it, if any. */
  visit: string | null;
}

export interface VisitRow extends Row {
  appointment: string | null;
  member: string | null;
  status: string | null;
  actual_start: string | null;
  actual_end: string | null;
  signed: boolean;
}

export interface TaskRow extends Row {
  description: string;
  status: string | null;
  priority: string | null;
  due: Json;
  owner: string | null;
}

/** One field of one record that waits to be settled or to be known about. */
export interface ReviewRow {
  record: string;
  kind: string;
  patient: string | null;
  /** `deleted` for a record that one member deleted and another edited. */
  field: string;
  state: 'contested' | 'overruled';
  /** When the newest of its writes was made. */
  at: number;
  /** True when one of its writes is this member's. */
  mine: boolean;
}

/** What Today, Patients, Tasks and Review list: everything they need without opening a chart. */
export interface Summary {
  patient: PatientRow | null;
  appointments: AppointmentRow[];
  visits: VisitRow[];
  tasks: TaskRow[];
  review: ReviewRow[];
}

/** An error on the phone is one of four words; screens know only these. */
export type Trouble = 'offline' | 'signed_out' | 'outdated' | 'refused';

/** The value of a `file` field: its bytes are sealed on the phone or still to come. */
export interface FileValue {
  sha256: string;
  media_type: string;
  size: number;
  name?: string;
}
