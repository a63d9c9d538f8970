"""Counts the cases of a run from its record of events, by the status of the answer, and fails when they prove too little
or when the service broke. Usage: count.py EVENTS"""

import collections
import json
import sys

LEAST_CASES = 5_000
LEAST_GOOD_SHARE = 0.30


def statuses(path):
    with open(path, encoding="utf-8") as events:
        for line in events:
            for event in json.loads(line).values():
                recorder = event.get("recorder") if isinstance(event, dict) else None
                for interaction in (recorder or {}).get("interactions", {}).values():
                    response = interaction.get("response")
                    yield response["status_code"] if response else 0


def main():
    counts = collections.Counter(statuses(sys.argv[1]))
    cases = counts.total()
    good = sum(count for status, count in counts.items() if 200 <= status < 300)
    broken = sum(count for status, count in counts.items() if status >= 500 and status != 503)
    unanswered = counts[0]
    share = good / cases if cases else 0
    by_status = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
    print(f"{cases} cases, {good} of them 2xx ({share:.1%}), {broken} of them 5xx but 503, {unanswered} unanswered")
    print(f"by status: {by_status}")
    problems = []
    if cases < LEAST_CASES:
        problems.append(f"fewer than {LEAST_CASES} cases")
    if share < LEAST_GOOD_SHARE:
        problems.append(f"fewer than {LEAST_GOOD_SHARE:.0%} are 2xx: the checks of good answers see too little")
    if broken:
        problems.append("the service broke")
    if unanswered:
        problems.append("a request was not answered")
    for problem in problems:
        print(f"schemathesis: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
