"""The formats of the document's strings: half of the values are of people whom the simulated upstreams know,
half are well-formed and of nobody."""

import json
import os
import urllib.request

import schemathesis
from hypothesis import strategies as st


def simulated(what):
    with urllib.request.urlopen(f"{os.environ['SIMULATOR']}/_sim/{what}") as answer:
        return json.load(answer)


PEOPLE = simulated("people")
LEADS = [lead["id"] for lead in simulated("leads")]


def with_check_digits(digits):
    """The CPF that begins with these nine digits (its check digits are weighted sums modulo 11)."""
    for _ in range(2):
        weights = range(len(digits) + 1, 1, -1)
        rest = sum(weight * digit for weight, digit in zip(weights, digits)) * 10 % 11
        digits = [*digits, rest % 10]
    return "".join(map(str, digits))


def punctuated(cpf):
    return f"{cpf[:3]}.{cpf[3:6]}.{cpf[6:9]}-{cpf[9:]}"


nine_digits = st.lists(st.integers(0, 9), min_size=9, max_size=9)
# eleven equal digits are no CPF although their check digits hold
anybodys_cpf = nine_digits.filter(lambda digits: len(set(digits)) > 1).map(with_check_digits)
cpf = st.sampled_from([person["cpf"] for person in PEOPLE]) | anybodys_cpf
schemathesis.openapi.format("cpf", cpf | cpf.map(punctuated))

mobile = st.integers(90_000_0000, 99_999_9999).map(lambda number: f"11{number}")
phone = st.sampled_from([phone for person in PEOPLE for phone in person["phones"]]) | mobile
schemathesis.openapi.format("br-phone", phone | phone.map(lambda number: f"+55{number}"))

local_part = st.from_regex(r"[a-z][a-z0-9]{2,15}", fullmatch=True)
email = st.sampled_from([email for person in PEOPLE for email in person["emails"]])
email |= local_part.map(lambda name: f"{name}@example.com")
schemathesis.openapi.format("email", email | email.map(str.upper))

nobodys_lead = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)
schemathesis.openapi.format("lead-id", st.sampled_from(LEADS) | nobodys_lead)
