// Whether a running service does what it promises: one user, three rounds, seconds.
//
//   k6 run tests/smoke-test.js                             # against `make demo`
//   API_KEY=… k6 run -e BASE_URL=https://… tests/smoke-test.js
//
// BASE_URL (http://127.0.0.1:8081), SIM_URL (http://127.0.0.1:8090) and API_KEY come from the environment or by -e; the
// key better from the environment, where no process list shows it.
//
// Leads are processed only on this machine and in front of the simulator. Anywhere else this asks only what costs
// nothing, and one lead more if LEAD_ID names it: that one spends money and writes into the CRM. With REQUIRE_LEADS=1 it
// fails instead.
import exec from 'k6/execution';
import { group } from 'k6';
import {
  expect,
  get,
  hasFiveKeys,
  hasType,
  json,
  messagesOf,
  mustLetUsIn,
  processLead,
  simulatorLeads,
  stop,
  whyNotSimulated,
} from './k6/service.js';

export const options = {
  scenarios: { smoke: { executor: 'shared-iterations', vus: 1, iterations: 3, maxDuration: '2m' } },
  thresholds: {
    checks: ['rate==1'],
    // statuses that were asked for (400, 404, 405) are none
    http_req_failed: ['rate==0'],
  },
};

export function setup() {
  mustLetUsIn();
  const why = whyNotSimulated();
  if (why && __ENV.REQUIRE_LEADS) {
    stop(`${why}; REQUIRE_LEADS is set, so that is a failure`);
  }
  if (why) {
    console.warn(`${why}: asking only what costs nothing${__ENV.LEAD_ID ? `, and lead ${__ENV.LEAD_ID}` : ''}`);
    return { simulated: false };
  }
  const leads = {};
  for (const lead of simulatorLeads()) {
    leads[lead.situation] = leads[lead.situation] || lead.id;
  }
  return { simulated: true, leads };
}

export default function ({ simulated, leads }) {
  group('the service is up', isUp);
  group('what cannot be used is refused', refuses);
  if (simulated) {
    group('leads', () => processes(leads));
  } else if (__ENV.LEAD_ID && exec.scenario.iterationInTest === 0) {
    group('the given lead', () => processesGiven(__ENV.LEAD_ID));
  }
}

function isUp() {
  expect('/health says healthy and its version', get('/health', ''), {
    'is 200': (r) => r.status === 200,
    'is JSON': (r) => hasType(r, 'application/json'),
    'is healthy': (r) => json(r).status === 'healthy' && json(r).service === 'rust-c2s-api',
    'tells its version': (r) => /^\d+\.\d+\.\d+/.test(json(r).version),
  });
  expect('/ready says ready', get('/ready', ''), {
    'is 200': (r) => r.status === 200,
    'is JSON': (r) => hasType(r, 'application/json'),
    'is ready': (r) => json(r).status === 'ready',
  });
}

function refuses() {
  const cases = {
    'no id': '',
    'an empty id': '?id=',
    'a malformed id': '?id=a%2Fb',
    'an id too long': `?id=${'a'.repeat(65)}`,
    'two ids': '?id=a&id=b',
    'a malformed wait': '?id=a&wait=soon',
  };
  for (const about of Object.keys(cases)) {
    const knowsLead = cases[about].includes('wait');
    expect(`${about}: 400 with the five keys`, processLead(cases[about], 400), {
      ...problem(400),
      'names the lead only if it can be read': (r) => json(r).lead_id === (knowsLead ? 'a' : ''),
    });
  }
}

/** RFC 9457, and what every answer about a lead has. */
function problem(status) {
  return {
    [`is ${status}`]: (r) => r.status === status,
    'is a problem': (r) => hasType(r, 'application/problem+json') && json(r).status === status,
    'has the five keys': hasFiveKeys,
    'is no success': (r) => json(r).success === false && json(r).entities_stored === 0,
    'says what is wrong': (r) => json(r).detail.length > 0 && json(r).error === json(r).detail,
    'has a request id': (r) => json(r).request_id === r.headers['X-Request-Id'],
  };
}

function processes(leads) {
  for (const situation of ['plain', 'null_email', 'null_phone', 'two_people', 'no_contacts']) {
    expect(`lead ${situation}: completed, one message`, processLead(`?id=${leads[situation]}`), {
      ...answered(leads[situation], 'completed', true),
      'stored one person': (r) => json(r).entities_stored === 1 && json(r).cpfs_processed.length === 1,
      'was posted once': () => messagesOf(leads[situation]) === 1,
    });
  }
  const nobody = { unknown_contact: 'unidentified', profile_missing: 'unidentified', bad_contacts: 'unidentified' };
  const doubtful = { namesake: 'review', suffix: 'review' };
  for (const [situation, state] of Object.entries({ ...nobody, ...doubtful })) {
    expect(`lead ${situation}: ${state}, nothing posted`, processLead(`?id=${leads[situation]}`), {
      ...answered(leads[situation], state, false),
      'names nobody': (r) => json(r).entities_stored === 0 && json(r).cpfs_processed.length === 0,
      'was not posted': () => messagesOf(leads[situation]) === 0,
    });
  }
  const unknown = 'f'.repeat(32);
  expect('a lead the CRM does not know: 404, lead_missing', processLead(`?id=${unknown}`, 404), {
    ...problem(404),
    'is lead_missing': (r) => json(r).state === 'lead_missing' && json(r).lead_id === unknown,
  });
  repeats(leads.capital_email);
}

function answered(leadId, state, success) {
  return {
    'is 200': (r) => r.status === 200,
    'is JSON': (r) => hasType(r, 'application/json'),
    'has the five keys': hasFiveKeys,
    [`is ${state}`]: (r) => json(r).state === state && json(r).success === success,
    'is about the lead': (r) => json(r).lead_id === leadId,
  };
}

function repeats(leadId) {
  const first = json(processLead(`?id=${leadId}`));
  expect('a lead again: the same answer, no second message', processLead(`?id=${leadId}`), {
    ...answered(leadId, 'completed', true),
    'says that it is a repeat': (r) => json(r).duplicate_request === true,
    'has the same result': (r) =>
      json(r).message === first.message && String(json(r).cpfs_processed) === String(first.cpfs_processed),
    'brought no second message': () => messagesOf(leadId) === 1,
  });
}

/** A lead of a real CRM, which a person chose: any state is an answer. */
function processesGiven(leadId) {
  expect('the given lead is answered', processLead(`?id=${encodeURIComponent(leadId)}`, 200, 202), {
    'is 200 or 202': (r) => r.status === 200 || r.status === 202,
    'is JSON': (r) => hasType(r, 'application/json'),
    'has the five keys': hasFiveKeys,
    'is about the lead': (r) => json(r).lead_id === leadId,
  });
}
