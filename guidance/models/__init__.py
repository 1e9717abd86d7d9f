from guidance.models.script import CalmingPhrase, CalmingPhraseEvent, Script, ScriptEvent, ScriptVersion
from guidance.models.walk import Walk, WalkEvent, WalkStep

__all__ = [
    "CalmingPhrase",
    "CalmingPhraseEvent",
    "Script",
    "ScriptEvent",
    "ScriptVersion",
    "Walk",
    "WalkEvent",
    "WalkStep",
]
