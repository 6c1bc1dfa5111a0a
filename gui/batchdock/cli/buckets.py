"""Commands over a bucket: what matches a pattern is counted, signed here, and handed over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from batchdock.cli.bars import Bars
from batchdock.cli.session import Session
from batchdock.core import bucket as core
from batchdock.core.bucket import DEFAULT_HOURS, LONGEST_HOURS, WAY_WORDS, place_of
from batchdock.core.text import counted
from batchdock.flows.buckets import BucketCounts
from batchdock.flows.references import JobWish, ReferenceSending

Bucket = Annotated[
    str | None,
    typer.Option(
        "--bucket",
        metavar="ADDRESS",
        help="s3://bucket/folder, gs://… or az://…; with a pattern: s3://bucket/2024-*/**/*.jpg. Quote it.",
    ),
]
Storage = Annotated[
    str | None, typer.Option("--storage", metavar="NAME", help="A connected storage; default: what is found here.")
]
ToBucket = Annotated[
    str | None,
    typer.Option(
        "--to-bucket", metavar="ADDRESS", help="And into a new folder in here: s3://bucket/folder, gs://… or az://…."
    ),
]
Profile = Annotated[str | None, typer.Option("--profile", metavar="NAME", help="A profile of the AWS command line.")]
Endpoint = Annotated[
    str | None, typer.Option("--endpoint-url", metavar="URL", help="Of R2, MinIO and others that speak S3.")
]
Region = Annotated[str | None, typer.Option("--region", metavar="NAME", help="The region of the bucket.")]
ValidHours = Annotated[
    int, typer.Option("--valid-hours", min=1, max=LONGEST_HOURS, help="How long the signed addresses are good.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A bucket as it was given, and how to sign in to it."""

    address: str
    storage: str = ""
    profile: str = ""
    endpoint: str = ""
    region: str = ""
    hours: int = DEFAULT_HOURS

    @property
    def name(self) -> str:
        """What a batch of it is called if nobody says."""
        return place_of(self.address).bucket


def given(
    address: str | None,
    storage: str | None,
    profile: str | None,
    endpoint: str | None,
    region: str | None,
    hours: int,
) -> Given | None:
    """Return what was given, None without a bucket."""
    if not address:
        return None
    return Given(
        address=address,
        storage=storage or "",
        profile=profile or "",
        endpoint=endpoint or "",
        region=region or "",
        hours=hours,
    )


async def signed_in(session: Session, wanted: Given) -> core.Storage:
    """Return the storage that is meant."""
    place = place_of(wanted.address)
    storage = await session.desk.buckets.storage_for(
        place.kind, name=wanted.storage, profile=wanted.profile, endpoint=wanted.endpoint
    )
    return replace(storage, region=wanted.region) if wanted.region else storage


async def save_back(session: Session, wanted: Given, folder: Path) -> str:
    """Save a folder of results into a bucket, and return where."""
    place, storage = place_of(wanted.address), await signed_in(session, wanted)
    session.say(f"Signing in to {storage.name} with {WAY_WORDS[storage.way]}.")
    return await session.desk.buckets.saving.save(
        storage, place.bucket, place.rest, folder, account_id=session.account.account_id
    )


async def planned(
    session: Session, shown: Bars, wanted: Given, name: str, wish: JobWish | None, batch_id: str | None
) -> Sequence[ReferenceSending]:
    """Count what is meant and write down that it goes over; or return what an earlier run has written down."""
    buckets = session.desk.buckets
    place, storage = place_of(wanted.address), await signed_in(session, wanted)
    account_id = session.account.account_id
    if session.desk.may_go_on():
        left = await buckets.left(account_id, storage, place.bucket, place.rest, wish.workflow_id if wish else "")
        if left:
            session.say("Going on with what an earlier run began to hand over of this bucket.")
            return left
    session.say(f"Signing in to {storage.name} with {WAY_WORDS[storage.way]}.")

    def on_count(counts: BucketCounts) -> None:
        shown.show("count", wanted.address, "looking into the bucket", None, _said(counts))

    found = await buckets.count(storage, place.bucket, place.rest, on_count=on_count)
    shown.show("count", wanted.address, "done", 1.0, _said(found.counts))
    if found.counts.others:
        session.say(f"Left out: {counted(found.counts.others, 'file', 'files')} that are neither picture nor video.")
    end = await buckets.good_until(found, wanted.hours)
    session.say(f"{_said(found.counts)}; addresses signed now are good until {end:%Y-%m-%d %H:%M} UTC.")
    return await buckets.send(account_id, found, name or wanted.name, hours=wanted.hours, job=wish, batch_id=batch_id)


def _said(counts: BucketCounts) -> str:
    pictures = counted(counts.pictures, "picture", "pictures")
    size = f"{counts.bytes / 1e6:,.1f} MB"
    return f"{pictures}, {counted(counts.videos, 'video', 'videos')}, {size}"
