"""Walking a script with a caller, and writing scripts."""

from guidance.actions.phrases import PhraseTaken, save_phrase
from guidance.actions.scripts import (
    BadTree,
    DraftChanged,
    NodeTaken,
    NothingToPublish,
    ScriptTaken,
    drop_draft,
    load_draft,
    publish,
    remove_node,
    restore,
    save_node,
    save_script,
)
from guidance.actions.walking import NoSuchAnswer, NotHere, StepTaken, answer, begin, resume, take_back

__all__ = [
    "BadTree",
    "DraftChanged",
    "NoSuchAnswer",
    "NodeTaken",
    "NotHere",
    "NothingToPublish",
    "PhraseTaken",
    "ScriptTaken",
    "StepTaken",
    "answer",
    "begin",
    "drop_draft",
    "load_draft",
    "publish",
    "remove_node",
    "restore",
    "resume",
    "save_node",
    "save_phrase",
    "save_script",
    "take_back",
]
