"""A mutation that is sent again under its key does nothing twice, over HTTP as its callers send it."""

from __future__ import annotations

import asyncio

from homeroom.callers import Space
from homeroom.testing.people import People

CREATE = """
mutation ($key: String, $given: String!) {
  createStudent(input: {name: {givenName: $given, familyName: "Repeated"}, idempotencyKey: $key}) {
    student { id givenName }
    errors { code field }
  }
}
"""
COUNT = '{ students(filter: {familyName: {eq: "Repeated"}, givenName: {eq: "%s"}}) { totalCount } }'


async def test_a_repeated_mutation_answers_as_before_and_creates_nobody(school_a: Space, as_role: People) -> None:
    registrar = await as_role.as_role(school_a, "registrar")
    first = await registrar.gql(CREATE, key="once", given="Anh")
    assert [] == first["createStudent"]["errors"]
    assert first == await registrar.gql(CREATE, key="once", given="Anh")
    assert 1 == (await registrar.gql(COUNT % "Anh"))["students"]["totalCount"]


async def test_the_same_key_for_something_else_is_refused_by_name(school_a: Space, as_role: People) -> None:
    registrar = await as_role.as_role(school_a, "registrar")
    await registrar.gql(CREATE, key="twice", given="Bình")
    refused = await registrar.gql(CREATE, key="twice", given="Chi")
    assert {"student": None, "errors": [{"code": "KEY_REUSED", "field": "idempotencyKey"}]} == refused["createStudent"]


async def test_of_many_at_once_one_is_carried_out(school_a: Space, as_role: People) -> None:
    registrar = await as_role.as_role(school_a, "registrar")
    answers = await asyncio.gather(*(registrar.gql(CREATE, key="at once", given="Dung") for _ in range(5)))
    assert 1 == len({each["createStudent"]["student"]["id"] for each in answers})
    assert 1 == (await registrar.gql(COUNT % "Dung"))["students"]["totalCount"]


async def test_without_a_key_every_call_counts(school_a: Space, as_role: People) -> None:
    registrar = await as_role.as_role(school_a, "registrar")
    for _ in range(2):
        await registrar.gql(CREATE, key=None, given="Giang")
    assert 2 == (await registrar.gql(COUNT % "Giang"))["students"]["totalCount"]
