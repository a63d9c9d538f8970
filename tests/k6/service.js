// The service as its callers see it, and the simulator behind it: shared by smoke-test.js and load-test.js.
import http from 'k6/http';
import exec from 'k6/execution';
import { check } from 'k6';

export const BASE_URL = (__ENV.BASE_URL || 'http://127.0.0.1:8081').replace(/\/+$/, '');
export const SIM_URL = (__ENV.SIM_URL || 'http://127.0.0.1:8090').replace(/\/+$/, '');

// Anchored at both ends of the host, so that http://127.0.0.1@elsewhere.example is none.
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const KEY = __ENV.API_KEY ? { 'X-API-Key': __ENV.API_KEY } : {};

// The service answers within 35 s whatever happens.
const PATIENCE = '40s';

// Beside the measured traffic (set-up, the simulator): counts neither as failed nor as fine.
const NOT_COUNTED = null;

// Made once each, as k6 advises.
const expected = {};

function expectedStatuses(statuses) {
  expected[statuses] = expected[statuses] || http.expectedStatuses(...statuses);
  return expected[statuses];
}

/** A GET of a route. It counts as failed (http_req_failed) when it is answered with another status, so a 429 always. */
export function get(route, query, ...statuses) {
  return http.get(`${BASE_URL}${route}${query}`, {
    headers: KEY,
    // the key is for this service alone
    redirects: 0,
    timeout: PATIENCE,
    responseCallback: expectedStatuses(statuses.length ? statuses : [200]),
    tags: { name: route },
  });
}

/** What Make.com calls. */
export function processLead(query, ...statuses) {
  return get('/api/v1/leads/process', query, ...statuses);
}

export function json(response) {
  try {
    return response.json();
  } catch (_) {
    return {};
  }
}

export function hasType(response, type) {
  return (response.headers['Content-Type'] || '').split(';')[0] === type;
}

const IS_CPF = /^(\d{11}|\*\*\*\.\d{3}\.\d{3}-\*\*)$/;

/** The five keys that every answer about a lead has, whatever happened; their types never change. */
export function hasFiveKeys(response) {
  const { success, message, lead_id, cpfs_processed, entities_stored } = json(response);
  return (
    typeof success === 'boolean' &&
    typeof message === 'string' &&
    typeof lead_id === 'string' &&
    Array.isArray(cpfs_processed) &&
    cpfs_processed.every((cpf) => IS_CPF.test(cpf)) &&
    Number.isInteger(entities_stored)
  );
}

/** What was answered, for a terminal: nothing that it would obey, and no CPF, which is eleven digits. */
function shown(body) {
  return String(body).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replace(/\d{11,}/g, '***********').slice(0, 300);
}

/** One check for a case, so that the summary stays short; what of it failed is said where it failed. */
export function expect(what, response, aspects) {
  const failed = Object.keys(aspects).filter((about) => !holds(aspects[about], response));
  if (failed.length > 0) {
    const got = response.url ? `; got ${response.status || response.error} ${shown(response.body)}` : '';
    console.error(`${what}: not so: ${failed.join(', ')}${got}`);
  }
  check(response, { [what]: () => failed.length === 0 });
}

function holds(aspect, response) {
  try {
    return aspect(response);
  } catch (_) {
    return false;
  }
}

export function stop(why) {
  exec.test.abort(why);
}

/** What the simulator counted: `{calls, paid_calls, messages}`. */
export function simulatorState() {
  return json(simulator('/_sim/state'));
}

export function simulatorLeads() {
  return json(simulator('/_sim/leads'));
}

export function messagesOf(leadId) {
  return json(simulator(`/_sim/messages/${leadId}`)).length;
}

export function fetches(state) {
  const calls = state.calls.find((call) => call.upstream === 'c2s' && call.operation === 'lead');
  return calls ? calls.count : 0;
}

function askedFor(leadId) {
  return simulator(`/_sim/asked/${leadId}`);
}

/**
 * Why leads may not be processed, or null when they may: the service is on this machine and its CRM is the simulator.
 * That is shown, not believed: an id that no CRM knows, and nobody else, is asked for, which costs nothing anywhere; the
 * simulator must have been asked for exactly that.
 */
export function whyNotSimulated() {
  for (const url of [BASE_URL, SIM_URL]) {
    if (!LOOPBACK.test(url)) {
      return `${url} is not on this machine`;
    }
  }
  const unknown = `no-such-lead-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
  if (askedFor(unknown).status !== 200) {
    return `no simulator answers at ${SIM_URL} (start one with: make demo; or name it with -e SIM_URL=…)`;
  }
  const answer = http.get(`${BASE_URL}/api/v1/leads/process?id=${unknown}`, {
    headers: KEY,
    // the key is for this service alone
    redirects: 0,
    timeout: PATIENCE,
    responseCallback: NOT_COUNTED,
    tags: { name: '/api/v1/leads/process' },
  });
  if (answer.status !== 404 || !(json(askedFor(unknown)).asked > 0)) {
    return `the service at ${BASE_URL} does not use the simulator at ${SIM_URL} (it answered ${answer.status || answer.error})`;
  }
  return null;
}

/** Ends the run before anything else when the service is away or lets this caller do nothing. */
export function mustLetUsIn() {
  if (!/^https?:\/\/[^/?#@\s]+$/.test(BASE_URL)) {
    stop('BASE_URL is no base URL: give one like https://my-app.fly.dev, without a path, user or password');
  }
  if (__ENV.API_KEY && !BASE_URL.startsWith('https://') && !LOOPBACK.test(BASE_URL)) {
    stop('API_KEY is not sent over plain HTTP: give the https:// address');
  }
  const options = { headers: KEY, redirects: 0, timeout: PATIENCE, responseCallback: NOT_COUNTED, tags: { name: 'set-up' } };
  const health = http.get(`${BASE_URL}/health`, options);
  if (health.status !== 200) {
    stop(`no service answers at ${BASE_URL}/health (${health.status || health.error}): start it, or give -e BASE_URL=…`);
  }
  const trigger = http.get(`${BASE_URL}/api/v1/leads/process`, options);
  if (trigger.status === 401 || trigger.status === 403) {
    stop(`${BASE_URL} answers ${trigger.status}: set API_KEY to a key with the scope trigger`);
  }
}

function simulator(path) {
  return http.get(`${SIM_URL}${path}`, { responseCallback: NOT_COUNTED, timeout: '5s', tags: { name: 'simulator' } });
}
