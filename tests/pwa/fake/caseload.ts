/** A made-up caseload: twelve charts and a library, with something true to show on every screen. */
import type { Contestant, Json, ServerRecord } from '../../../pwa/src/store/types';

const ZONE = 'America/New_York';
const DAY = 86_400_000;

export const ME = {
  member: '01970000-0000-7000-8000-0000000000a1',
  name: 'Rosa Delgado',
  role: 'coordinator',
  organisation: '01970000-0000-7000-8000-000000000001',
  organisation_name: 'Riverside Home Care',
  email: 'rosa@riverside.example',
  team: 'North',
  demo: true,
} as const;

const NURSE = '01970000-0000-7000-8000-0000000000a2';
const SUPERVISOR = '01970000-0000-7000-8000-0000000000a3';

const PEOPLE: [given: string, family: string, language: string, preferred?: string][] = [
  ['Eleanor', 'Whitfield', 'en', 'Ellie'],
  ['Joaquín', 'Fernández de la Peña', 'es'],
  ['Mei-Ling', 'Tan', 'zh'],
  ['Wilhelmina Bartholomea', 'van der Westhuizen-Kingsborough', 'en', 'Mina'],
  ['Amadou', 'Diallo', 'fr'],
  ['Ruth', 'O’Connor', 'en'],
  ['Lucía', 'Morales Ibáñez', 'es', 'Lucy'],
  ['Harold', 'Beckett', 'en'],
  ['Svetlana', 'Petrenko', 'ru'],
  ['George', 'Achebe', 'en'],
  ['Teresa', 'Quintero', 'es'],
  ['Walter', 'Lindqvist', 'en', 'Walt'],
];

/** All records that the made-up server holds for Rosa, at `now`. */
export function caseload(now: number): ServerRecord[] {
  const make = maker();
  const library = [
    staff(make, ME.member, 'Rosa', 'Delgado', 'coordinator', ['en', 'es']),
    staff(make, NURSE, 'Imani', 'Okafor', 'clinician', ['en']),
    staff(make, SUPERVISOR, 'Priya', 'Raman', 'supervisor', ['en', 'hi']),
  ];
  return [...library, ...PEOPLE.flatMap((_, nth) => chart(make, nth, now))];
}

type Fields = Record<string, Json>;
type Make = (
  kind: string,
  patient: string | null,
  fields: Fields,
  more?: Partial<ServerRecord>,
) => ServerRecord;

function maker(): Make {
  let seq = 0;
  return (kind, patient, fields, more = {}) => {
    seq += 1;
    const id = `01970000-0001-7000-8000-${String(seq).padStart(12, '0')}`;
    const record = { id, kind, patient, version: seq, deleted: false, fields };
    return { ...record, contested: {}, overruled: {}, ...more };
  };
}

function staff(
  make: Make,
  id: string,
  given: string,
  family: string,
  role: string,
  languages: string[],
) {
  const telephone = `+1 212 555 01${id.slice(-2)}`;
  const fields = {
    name: `${given} ${family}`,
    role,
    team: 'North',
    telephone,
    languages,
  };
  return make('member', null, fields, { id });
}

function chart(make: Make, nth: number, now: number): ServerRecord[] {
  const [given, family, language, preferred] = PEOPLE[nth]!;
  const patient = make('patient', null, {
    name: { given, family },
    preferred_name: preferred ?? null,
    birth_date: `19${30 + ((nth * 7) % 25)}-0${1 + (nth % 9)}-1${nth % 9}`,
    gender: nth % 3 === 1 || nth % 5 === 4 ? 'male' : 'female',
    language,
    interpreter_required: !['en', 'es'].includes(language),
    telecom: [
      {
        system: 'phone',
        value: `+1 917 555 0${String(130 + nth)}`,
        use: 'home',
      },
      {
        system: 'phone',
        value: `+1 646 555 0${String(170 + nth)}`,
        use: 'mobile',
      },
    ],
    address: [
      {
        line: `${12 + nth * 17} Grand Concourse, Apt ${nth + 1}B`,
        city: 'Bronx',
        state: 'NY',
        postal_code: '10451',
        use: 'home',
      },
    ],
    access_notes:
      'Key safe left of the door, code 4471. The dog is friendly. Third floor, no lift.',
    accessibility_needs: nth % 2 ? ['large-print'] : ['wheelchair', 'hearing-loop'],
    deceased: nth === 11 ? 'deceased' : 'alive',
    deceased_date: nth === 11 ? day(now - 3 * DAY) : null,
    alerts: nth % 4 === 0 ? ['Oxygen in use. No open flame.'] : [],
  });
  patient.patient = patient.id;
  const id = patient.id;
  const goal = make('goal', id, {
    description: 'Walk to the corner shop and back without stopping.',
    lifecycle_status: 'active',
    achievement_status: 'improving',
    target_measure: 'Metres walked',
    target_value: 400,
    target_unit: 'm',
    target_date: day(now + 40 * DAY),
  });
  return [
    patient,
    goal,
    make('assignment', id, {
      member: ME.member,
      status: 'active',
      starts: day(now - 200 * DAY),
      ends: null,
    }),
    make('related_person', id, {
      name: { given: 'Dana', family },
      relationship: 'child',
      telecom: [{ system: 'phone', value: `+1 718 555 01${30 + nth}`, use: 'mobile' }],
      is_emergency_contact: true,
      may_receive_information: nth % 3 ? 'appointments' : 'none',
    }),
    make('care_team_member', id, {
      member: NURSE,
      name: 'Imani Okafor',
      role: 'Visiting nurse',
      status: 'active',
    }),
    make('condition', id, {
      name: 'Heart failure',
      code: 'Heart failure',
      clinical_status: 'active',
    }),
    make('condition', id, {
      name: 'Type 2 diabetes',
      code: 'Type 2 diabetes',
      clinical_status: 'active',
    }),
    make('allergy', id, {
      substance: 'Penicillin',
      criticality: 'high',
      clinical_status: 'active',
    }),
    ...medications(make, id, nth, now),
    ...[0, 1, 2, 3].map((month) =>
      make('observation', id, {
        code: 'blood-pressure',
        systolic: 128 + month * 4 + nth,
        diastolic: 78 + month,
        unit: 'mmHg',
        effective: instant(now - month * 30 * DAY - nth * 3_600_000),
        status: 'final',
      }),
    ),
    make('observation', id, {
      code: 'weight',
      value: 71.4 + nth,
      unit: 'kg',
      effective: instant(now - 9 * DAY),
    }),
    make('goal_progress', id, {
      goal: goal.id,
      effective: instant(now - 9 * DAY),
      value: 280,
      comment: 'Rested once.',
    }),
    make('need', id, {
      category: 'transportation',
      description: 'No ride to dialysis on Tuesdays.',
      status: 'open',
      priority: 'urgent',
    }),
    make('care_plan', id, {
      title: 'Staying strong at home',
      status: 'active',
      patient_priorities: 'I want to keep cooking for myself.',
    }),
    make('coverage', id, {
      payer: 'Medicare',
      plan: 'Part B',
      status: 'active',
      subscriber_id: `1EG4-TE${nth}`,
    }),
    make('consent', id, {
      scope: 'sharing',
      decision: nth === 4 ? 'deny' : 'permit',
      status: 'active',
    }),
    ...tasks(make, id, nth, now),
    ...visits(make, id, nth, now),
  ];
}

function medications(make: Make, id: string, nth: number, now: number): ServerRecord[] {
  const contest: Contestant[] = [
    {
      value: '10 mg',
      member: NURSE,
      at: now - 2 * 3_600_000,
      seq: 9002,
      seen: 40,
    },
    {
      value: '5 mg',
      member: ME.member,
      at: now - 3 * 3_600_000,
      seq: 9001,
      seen: 40,
    },
  ];
  return [
    make(
      'medication',
      id,
      {
        name: 'Lisinopril',
        dose: '10 mg',
        status: 'active',
        route: 'oral',
        instructions: 'One tablet every morning',
      },
      nth === 0 ? { contested: { dose: contest } } : {},
    ),
    make('medication', id, {
      name: 'Metformin',
      dose: '500 mg',
      status: 'active',
      instructions: 'Twice a day with food',
    }),
    make('medication', id, {
      name: 'Warfarin',
      dose: '3 mg',
      status: 'stopped',
      instructions: 'Stopped in spring',
    }),
  ];
}

function tasks(make: Make, id: string, nth: number, now: number): ServerRecord[] {
  const lost: Contestant[] = [
    {
      value: 'routine',
      member: ME.member,
      at: now - 5 * 3_600_000,
      seq: 9010,
      seen: 60,
    },
  ];
  return [
    make(
      'task',
      id,
      {
        description: 'Order a walking frame',
        status: 'in-progress',
        due: day(now + (nth - 4) * DAY),
        owner: ME.member,
        priority: 'urgent',
      },
      nth === 2 ? { overruled: { priority: lost } } : {},
    ),
    make('task', id, {
      description: 'Call the pharmacy about the refill',
      status: 'requested',
      due: day(now + nth * DAY),
      owner: nth % 2 ? NURSE : ME.member,
      priority: 'routine',
    }),
  ];
}

function visits(make: Make, id: string, nth: number, now: number): ServerRecord[] {
  const past = make('appointment', id, {
    type: 'home-visit',
    start: wall(now - (9 + nth * 3) * DAY, 10, 0),
    end: wall(now - (9 + nth * 3) * DAY, 10, 45),
    status: 'fulfilled',
    member: ME.member,
  });
  const ended = now - (9 + nth * 3) * DAY;
  const visit = make('visit', id, {
    appointment: past.id,
    member: ME.member,
    status: 'finished',
    actual_start: instant(ended - 2_700_000),
    actual_end: instant(ended),
    present: ['patient'],
    reason: 'Monthly visit',
    note_how: 'In good spirits. Sleeping better since the new mattress.',
    note_done: 'Blood pressure taken. Medicines checked against the bottles.',
    note_concerns: 'Short of breath on the stairs.',
    plain_summary: 'You are doing well. Keep walking a little every day.',
    next_steps: [
      {
        step: 'Bring the new bottle of Lisinopril',
        who: 'Dana',
        when: 'Next visit',
      },
    ],
  });
  if (nth > 6) return [past, visit];
  const today = make('appointment', id, {
    type: nth === 5 ? 'telehealth' : 'home-visit',
    start: wall(now, 8 + nth + (nth > 3 ? 1 : 0), nth % 2 ? 30 : 0),
    end: wall(now, 8 + nth + (nth > 3 ? 1 : 0), nth % 2 ? 59 : 45),
    status: nth === 6 ? 'cancelled' : 'booked',
    member: ME.member,
    location: 'Home',
    prep: nth % 2 ? 'Bring the blood pressure cuff.' : null,
  });
  return [past, visit, today];
}

function wall(at: number, hours: number, minutes: number): Json {
  const two = (part: number) => String(part).padStart(2, '0');
  return { local: `${day(at)}T${two(hours)}:${two(minutes)}`, zone: ZONE };
}

function day(at: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }).format(at);
}

function instant(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}
