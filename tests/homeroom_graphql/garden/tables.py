"""The tables of a garden: every kind of column that a resource can show, and dated rows."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import (
    JSONB,
    Array,
    BigInt,
    Boolean,
    Date,
    Integer,
    Numeric,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)

from homeroom.database.tables import SchoolTable, belongs_to

__all__ = ["Bed", "Duty", "Gardener", "Harvest", "Plant", "Rank", "Stage"]


class Rank(StrEnum):
    """How far a gardener has come."""

    NOVICE = "novice"
    HEAD_GARDENER = "head_gardener"
    MASTER = "master"


class Stage(StrEnum):
    """How far a plant has come."""

    SEED = "seed"
    IN_BLOOM = "in_bloom"
    WITHERED = "withered"


class Gardener(SchoolTable, tablename="garden_gardener"):
    """Somebody who works in the garden."""

    name = Varchar(length=80)
    rank = Varchar(length=40, choices=Rank, null=True, default=None)
    born_on = Date(null=True, default=None)
    joined_at = Timestamptz(null=True, default=None)
    balance = BigInt(default=0)
    shoe_size = SmallInt(null=True, default=None)
    active = Boolean(null=True, default=None)
    languages = Array(base_column=Text(), null=True, default=None)
    profile = JSONB(null=True, default=None)
    mentor_id = belongs_to("garden_gardener", null=True)


class Bed(SchoolTable, tablename="garden_bed"):
    """A piece of ground."""

    title = Text()
    position = Integer(default=0)
    area = Numeric(digits=(8, 2), null=True, default=None)
    steward_id = belongs_to(Gardener, null=True)


class Duty(SchoolTable, tablename="garden_duty"):
    """Who looks after which bed, from when until when."""

    gardener_id = belongs_to(Gardener)
    bed_id = belongs_to(Bed)
    starts_on = Date(default=None)
    ends_on = Date(null=True, default=None)


class Plant(SchoolTable, tablename="garden_plant"):
    """Something that grows in a bed."""

    bed_id = belongs_to(Bed)
    label = Text()
    latin = Varchar(length=40, null=True, default=None)
    price = Numeric(digits=(10, 3), null=True, default=None)
    planted_on = Date(null=True, default=None)
    seen = BigInt(null=True, default=None)
    stage = Varchar(length=20, choices=Stage, null=True, default=None)
    notes = JSONB(null=True, default=None)
    tags = Array(base_column=Text(), null=True, default=None)
    watered_at = Timestamptz(null=True, default=None)
    alive = Boolean(null=True, default=None)
    height = Integer(null=True, default=None)
    version = Integer(default=1)


class Harvest(SchoolTable, tablename="garden_harvest"):
    """What somebody picked from a plant."""

    plant_id = belongs_to(Plant)
    gardener_id = belongs_to(Gardener, null=True)
    weight = Numeric(digits=(7, 3), default=None)
    picked_on = Date(default=None)
