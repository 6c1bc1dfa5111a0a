"""Branches, tags, commits and drafts (contract §4.3, §4.4)."""

import time

from fakes.tensorbay.call import Call, Created
from fakes.tensorbay.records import NO_COMMIT, Commit, Dataset, Draft, Json
from fakes.tensorbay.refusals import FORBIDDEN, TAKEN, WRONG, Refused, absent
from fakes.tensorbay.state import open_draft

STATES = ("OPEN", "CLOSED", "COMMITTED", "ALL")


def branches(call: Call) -> Json:
    """ListBranches."""
    names = call.fitting(call.dataset.branches, str)
    return call.listed("branches", names, lambda name: _named(call.dataset, name, call.dataset.branches[name]))


def create_branch(call: Call) -> Created:
    """CreateBranch: where nothing is committed the platform forbids it."""
    name, commit = call.body.named("name"), call.body.text("commit")
    if not call.dataset.commits:
        raise Refused(FORBIDDEN, "a branch can not be created in a dataset without commits")
    if name in call.dataset.branches:
        raise Refused(TAKEN, "the branch name already exists")
    call.dataset.branches[name] = _commit(call.dataset, commit).id
    return Created({})


def delete_branch(call: Call) -> Json:
    """DeleteBranch: its commits stay."""
    name = call.body.named("name")
    if name not in call.dataset.branches:
        raise absent("branch")
    if name == "main":
        raise Refused(FORBIDDEN, "the default branch can not be deleted")
    del call.dataset.branches[name]
    return {}


def tags(call: Call) -> Json:
    """ListTag: by name."""
    names = call.fitting(sorted(call.dataset.tags), str)
    return call.listed("tags", names, lambda name: _named(call.dataset, name, call.dataset.tags[name]))


def create_tag(call: Call) -> Created:
    """CreateTag."""
    name = _free_tag(call.dataset, call.body.named("name"))
    call.dataset.tags[name] = _commit(call.dataset, call.body.text("commit")).id
    return Created({})


def delete_tag(call: Call) -> Json:
    """DeleteTag."""
    name = call.body.named("name")
    if name not in call.dataset.tags:
        raise absent("tag")
    del call.dataset.tags[name]
    return {}


def commits(call: Call) -> Json:
    """ListCommit: a commit and its ancestors, newest first."""
    dataset = call.dataset
    start = call.query.text("commit", "") or "main"
    if start in (NO_COMMIT, "main") and dataset.head is None:
        return call.listed("commits", [])
    line, commit = [], dataset.commits.get(_commit(dataset, start).id)
    while commit is not None:
        line.append(commit)
        commit = dataset.commits.get(commit.parent)
    return call.listed("commits", line, lambda each: {**_told(each), "dataCount": each.count})


def drafts(call: Call) -> Json:
    """ListDraft: by number; the open ones unless others are asked for."""
    state, branch = call.query.one_of("status", STATES, "OPEN"), call.query.text("branchName", "")
    fitting = [
        each
        for _, each in sorted(call.dataset.drafts.items())
        if state in ("ALL", each.status) and branch in ("", each.branch)
    ]
    return call.listed("drafts", fitting, _draft)


def create_draft(call: Call) -> Created:
    """CreateDraft: one is open on each branch at most."""
    body, dataset = call.body, call.dataset
    branch, title = body.text("branchName"), body.named("title")
    if branch not in dataset.branches:
        raise absent("branch")
    if dataset.open_draft(branch) is not None:
        raise Refused(WRONG, "an open draft already exists on the branch")
    draft = dataset.new_draft(branch, title, body.text("description", ""), call.state.nickname)
    return Created({"draftNumber": draft.number})


def update_draft(call: Call) -> Json:
    """UpdateDraft; closing is the only deleting."""
    if not call.at["draft"].isdigit():
        raise Refused(WRONG, "the value of draftNumber is invalid")
    draft, body = open_draft(call.dataset, int(call.at["draft"])), call.body
    body.let("draftNumber")
    if "title" in body:
        draft.title = body.named("title")
    if "description" in body:
        draft.description = body.text("description")
    if "status" in body:
        draft.status = body.one_of("status", ("CLOSED",))
    draft.updated = int(time.time())
    return {}


def commit(call: Call) -> Created:
    """CommitDataset: where the tag is taken the draft stays open."""
    draft, body = call.draft(), call.body
    title, tag = body.named("title"), body.text("tag", "")
    if tag:
        _free_tag(call.dataset, tag)
    made = call.dataset.commit(draft, title, body.text("description", ""), call.state.nickname)
    if tag:
        call.dataset.tags[tag] = made.id
    return Created({"commitId": made.id})


def _free_tag(dataset: Dataset, name: str) -> str:
    if name in dataset.tags:
        raise Refused(TAKEN, "the tag name already exists")
    return name


def _commit(dataset: Dataset, name: str) -> Commit:
    found = dataset.commit_of(name)
    if found is None:
        raise absent("commit")
    return found


def _told(commit: Commit) -> Json:
    return {
        "commitId": commit.id,
        "parentCommitId": commit.parent,
        "title": commit.title,
        "description": commit.description,
        "committer": {"name": commit.author, "date": commit.date},
    }


def _named(dataset: Dataset, name: str, commit_id: str) -> Json:
    commit = dataset.commits.get(commit_id)
    if commit is None:
        nobody = {"name": "", "date": 0}
        empty = {"parentCommitId": "", "title": "", "description": "", "committer": nobody}
        return {"name": name, "commitId": NO_COMMIT, **empty}
    return {"name": name, **_told(commit)}


def _draft(draft: Draft) -> Json:
    return {
        "number": draft.number,
        "title": draft.title,
        "description": draft.description,
        "branchName": draft.branch,
        "status": draft.status,
        "parentCommitId": draft.parent,
        "author": {"name": draft.author, "date": draft.date},
        "updatedAt": draft.updated,
    }
