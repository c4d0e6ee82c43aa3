"""Registering endpoints, doing something of which they hear, and looking at what became of that."""

from __future__ import annotations

from typing import Any

from homeroom.testing import Client

REGISTER = """mutation($url: String!, $events: [String!]!, $query: String) {
  registerWebhook(input: {url: $url, events: $events, title: "A test", document: $query}) {
    webhookEndpoint { id secret state events login } errors { code field row message } } }"""
DELIVERIES = """{ webhookDeliveries { nodes {
  id event state attempts responseStatus durationMs error deliveredAt endpoint { id } } } }"""
DO = """mutation($title: String!) {
  createCampus(input: {name: $title, code: $title}) { campus { id } errors { code field message } } }"""
EVENT = "school.campus.create"
DOCUMENT = "query Campuses($campuses: [ID!]) { campuses(filter: {id: {in: $campuses}}) { nodes { name } } }"


async def register(client: Client, url: str, *events: str, document: str | None = None) -> Any:
    """A new endpoint."""
    made = (await client.gql(REGISTER, url=url, events=list(events), query=document))["registerWebhook"]
    assert [] == made["errors"]
    return made["webhookEndpoint"]


async def do(client: Client, title: str) -> str:
    """Do something of which others may want to know; gives the id of the row."""
    made = (await client.gql(DO, title=title))["createCampus"]
    assert [] == made["errors"]
    return str(made["campus"]["id"])


async def deliveries(client: Client) -> list[Any]:
    """What is to be delivered and was, the latest first."""
    return list((await client.gql(DELIVERIES))["webhookDeliveries"]["nodes"])
