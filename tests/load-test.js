// How the service stands 20 users at once: 75 seconds against `make demo`, never against anything real.
//
//   k6 run tests/load-test.js
//
// Each of its users processes a lead, pauses a second, and takes the next. The leads are the simulator's many: fresh
// ones while there are some (261 in the demo, enough for ramp and half of the hold), repeats of them after that.
// For another full run start the demo anew, or take more people: rust-c2s-api simulator --people 2000, and `serve` with
// the variables that it prints.
//
// 20 users with a pause of a second stay below 20 requests per second, so the service's limit of 100 per second and
// caller (RATE_LIMIT_PER_SEC) is not what is measured; a 429 is a failure. What bounds the fresh ones is the wait for
// Work API: 4 calls at a time (UPSTREAM_CONCURRENCY), 400 ms each in the demo, so 10 profiles per second at most.
//
// At the end the simulator's own counters are compared: no lead has two messages, and nothing was paid for twice.
import { sleep } from 'k6';
import exec from 'k6/execution';
import { Counter, Trend } from 'k6/metrics';
import {
  SIM_URL,
  expect,
  fetches,
  get,
  hasFiveKeys,
  json,
  mustLetUsIn,
  processLead,
  simulatorLeads,
  simulatorState,
  stop,
  whyNotSimulated,
} from './k6/service.js';

/** Most calls to the providers that a lead of this kind is worth: one per contact, and one for the profile. */
const PAID_CALLS = { plain: 3, null_email: 2, null_phone: 2, profile_missing: 3 };
const FIRST_OF_THE_MANY = '0000000000000000000000000000b001';
/** Seconds; another one is for docs/scripts/testing/measure.sh. */
const PAUSE = Number(__ENV.PAUSE || 1);

export const options = {
  scenarios: {
    leads: {
      executor: 'ramping-vus',
      exec: 'leads',
      startVUs: 0,
      stages: [
        { duration: '20s', target: 20 },
        { duration: '40s', target: 20 },
        { duration: '15s', target: 0 },
      ],
      gracefulRampDown: '40s',
      gracefulStop: '40s',
    },
    health: {
      executor: 'constant-arrival-rate',
      exec: 'health',
      rate: 2,
      timeUnit: '1s',
      duration: '75s',
      preAllocatedVUs: 2,
    },
  },
  thresholds: {
    checks: ['rate==1'],
    // a service that died is not waited for
    http_req_failed: ['rate==0', { threshold: 'rate<0.5', abortOnFail: true, delayAbortEval: '5s' }],
    // 770 ms of a fresh lead are the demo's upstreams; beyond that, the wait for one of four calls to Work API
    process_fresh: ['p(95)<2000'],
    process_repeat: ['p(95)<100'],
    'http_req_duration{name:/health}': ['p(95)<50'],
  },
  summaryTrendStats: ['avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
};

const processFresh = new Trend('process_fresh', true);
const processRepeat = new Trend('process_repeat', true);
const leadsCompleted = new Counter('leads_completed');
const leadsUnidentified = new Counter('leads_unidentified');
const leadsInReview = new Counter('leads_in_review');

export function setup() {
  mustLetUsIn();
  const why = whyNotSimulated();
  if (why) {
    stop(`${why}: a load test would spend money and write into a CRM, so it runs against \`make demo\` alone`);
  }
  const many = simulatorLeads().filter(({ id, situation }) => id >= FIRST_OF_THE_MANY && PAID_CALLS[situation]);
  const state = simulatorState();
  const fresh = many.filter(({ id }) => !state.messages[id]);
  if (fresh.length < many.length) {
    console.warn(`${many.length - fresh.length} of ${many.length} leads were processed before: start the demo anew`);
  }
  return { many, fresh, paidBefore: state.paid_calls, fetchesBefore: fetches(state) };
}

export function leads({ many, fresh }) {
  const turn = exec.scenario.iterationInTest;
  const lead = turn < fresh.length ? fresh[turn] : many[turn % many.length];
  const answer = processLead(`?id=${lead.id}`);
  const { state, duplicate_request: isRepeat } = json(answer);
  expect('a lead is answered: 200, five keys, an end state', answer, {
    'is 200': (r) => r.status === 200,
    'has the five keys': hasFiveKeys,
    'is at its end': () => ['completed', 'unidentified', 'review'].includes(state),
    'is about the lead': (r) => json(r).lead_id === lead.id,
  });
  if (answer.status === 200) {
    (isRepeat ? processRepeat : processFresh).add(answer.timings.duration);
    if (!isRepeat) {
      const ended = { completed: leadsCompleted, review: leadsInReview };
      (ended[state] || leadsUnidentified).add(1);
    }
  }
  sleep(PAUSE);
}

export function health() {
  expect('/health is 200', get('/health', ''), { 'is 200': (r) => r.status === 200 });
}

/** What the upstreams saw. Leads are taken in order, one fetch each: so many fetches, so many leads of the list ran. */
export function teardown({ fresh, paidBefore, fetchesBefore }) {
  const state = simulatorState();
  if (!state.calls) {
    stop(`the simulator at ${SIM_URL} is gone: what was paid and posted cannot be told`);
  }
  const ran = fetches(state) - fetchesBefore;
  const needed = fresh.slice(0, ran).reduce((sum, { situation }) => sum + PAID_CALLS[situation], 0);
  const paid = state.paid_calls - paidBefore;
  const twice = Object.keys(state.messages).filter((id) => state.messages[id] > 1);
  console.log(
    `simulator: ${ran} leads fetched, ${paid} paid calls of at most ${needed}, ` +
      `${Object.keys(state.messages).length} leads with a message, ${twice.length} with more than one`,
  );
  expect('simulator: no lead got two messages', {}, { [`two for ${twice.slice(0, 5)}`]: () => twice.length === 0 });
  expect('simulator: no call paid for that was not needed', {}, { [`${paid} of ${needed}`]: () => paid <= needed });
}
