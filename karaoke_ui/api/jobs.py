"""Jobs: the work of making songs singable."""

from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from karaoke_ui import actions, auth
from karaoke_ui.api.given import Schema, Sentence, TheHouse, Who, resource
from karaoke_ui.show import views
from karaoke_ui.show.rights import Role
from pipeline import jobs, tables
from pipeline.tables import JobState, JobStep, Lane

router = resource("jobs")
HOST = auth.roles(Role.HOST)


class JobLine(Schema):
    id: str
    song_id: str
    title: str
    artist: str
    step: str = Field(description="The one it stands at: decode, words or separate")
    state: JobState
    progress: float = Field(description="Of this step, 0 to 1")
    error: Sentence = Field(description="Why it failed, for a person")
    has_turn: bool = Field(description="Somebody in the queue waits for it")


class Jobs(BaseModel):
    items: list[JobLine]


class Step(Schema):
    name: str
    seconds: float = Field(description="How long it took")
    ended_at: float | None


class Job(Schema):
    id: str
    track_id: str
    state: JobState
    lane: Lane = Field(description="The worker it is for")
    step: str
    progress: float
    attempt: int = Field(description="How many times it was taken up")
    failures: int = Field(description="In a row, at this step")
    cancel_asked: bool
    error_code: str
    error: Sentence
    created_at: float
    started_at: float | None
    ended_at: float | None
    steps: list[Step] = Field([], description="Those that are done, in their order")


@router.get("", summary="The work in hand, what failed, and the latest that is done", openapi_extra=HOST)
async def every(house: TheHouse) -> Jobs:
    return Jobs(items=[JobLine.of(view) for view in await house.read(views.job_list)])


@router.get("/{job_id}", summary="One job with its steps", openapi_extra=HOST)
async def one(job_id: str, house: TheHouse) -> Job:
    return await house.read(_job, job_id)


@router.post("/{job_id}/cancel", summary="End a job", openapi_extra=HOST)
async def cancel(job_id: str, who: Who, house: TheHouse) -> Job:
    """At once when it waits; within two seconds when it runs."""
    await house.do(actions.cancel_job, who, job_id)
    return await house.read(_job, job_id)


@router.post("/{job_id}/retry", summary="Take a failed or cancelled job up again", openapi_extra=HOST)
async def retry(job_id: str, who: Who, house: TheHouse) -> Job:
    job = await house.do(actions.retry_job, who, job_id)
    house.wake()
    return await house.read(_job, job.id)


def _job(s: Session, job_id: str) -> Job:
    job: tables.Job = jobs.get(s, job_id)
    done = s.exec(select(JobStep).where(JobStep.job_id == job_id).order_by(col(JobStep.ended_at)))
    return Job.of(job).model_copy(update={"steps": [Step.of(step) for step in done]})
