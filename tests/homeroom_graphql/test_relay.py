"""The Relay compiler accepts each region's schema, with what Relay asks of one: nodes, connections, fragments."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from node import node_modules

from homeroom_graphql.cli import schema_of_region

#: A list that continues, a row that is fetched again by its id, a mutation, in every region.
EVERYWHERE = """
import {graphql} from 'relay-runtime';
graphql`fragment App_name on Student { fullName sortKey }`;
graphql`
  fragment App_student on Student @refetchable(queryName: "AppStudentRefetch") {
    id ...App_name birthDate currentEnrolment { schoolClass { name gradeLevel { number } } }
    guardianships(first: 5) { edges { node { relation guardian { fullName phone } } } }
  }
`;
graphql`
  fragment App_students on Query
  @argumentDefinitions(count: {type: "Int", defaultValue: 20}, cursor: {type: "String"}, find: {type: "StudentFilter"})
  @refetchable(queryName: "AppStudentsPage") {
    students(first: $count, after: $cursor, filter: $find, orderBy: [{field: SORT_KEY, direction: ASC}])
      @connection(key: "App_students", filters: ["filter"]) {
      totalCount
      edges { cursor node { id ...App_student } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;
graphql`
  query AppQuery($find: StudentFilter, $more: Boolean!) {
    viewer { login commands space { slug plugins } }
    ...App_students @arguments(count: 50, find: $find)
    schoolYears(first: 1) @include(if: $more) { nodes { name terms(first: 5) { nodes { name startsOn } } } }
  }
`;
graphql`query AppNodeQuery($id: ID!) { node(id: $id) { __typename ...App_student } }`;
graphql`
  mutation AppCreateMutation($input: CreateStudentInput!, $connections: [ID!]!) {
    createStudent(input: $input) {
      student @prependNode(connections: $connections, edgeTypeName: "StudentEdge") { id ...App_student }
      errors { code message field row }
    }
  }
`;
"""
#: Where there is a gradebook.
GRADEBOOK = """
import {graphql} from 'relay-runtime';
graphql`
  subscription BookMarksSubscription($gradebook: ID!) {
    marksEntered(gradebook: $gradebook) { id score marks(first: 20) { nodes { id number version } } }
  }
`;
graphql`
  mutation BookEnterMutation($input: EnterMarksInput!) {
    enterMarks(input: $input) { marks { id number version } errors { code row } }
  }
`;
"""


@pytest.mark.parametrize("region", ["cn", "hk", "vn"])
def test_the_relay_compiler_accepts_the_schema(region: str, tmp_path: Path) -> None:
    folder = node_modules("relay-compiler@20.1.1")
    schema = schema_of_region(region)
    (tmp_path / "schema.graphql").write_text(schema, encoding="utf-8")
    source = tmp_path / "src"
    source.mkdir()
    (source / "App.js").write_text(EVERYWHERE)
    with_gradebook = "  marksEntered(" in schema
    if with_gradebook:
        (source / "Book.js").write_text(GRADEBOOK)
    scalars = {"Date": "string", "DateTime": "string", "Decimal": "string", "BigInt": "string", "JSON": "mixed"}
    config = {
        "src": "./src", "schema": "./schema.graphql", "language": "flow", "requireCustomScalarTypes": True,
        "customScalarTypes": {name: kind for name, kind in scalars.items() if f"scalar {name}" in schema},
    }  # fmt: skip
    (tmp_path / "relay.config.json").write_text(json.dumps(config))
    command = ["node", str(folder / "node_modules" / "relay-compiler" / "cli.js"), "relay.config.json"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900)
    assert 0 == made.returncode, made.stdout + made.stderr
    written = {each.name for each in (source / "__generated__").glob("*.graphql.js")}
    expected = {"AppQuery", "AppStudentsPage", "AppStudentRefetch", "AppNodeQuery", "AppCreateMutation"}
    if with_gradebook:
        expected |= {"BookMarksSubscription", "BookEnterMutation"}
    assert {f"{name}.graphql.js" for name in expected} <= written
