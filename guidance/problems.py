"""What is wrong with a tree, in words."""

from django.utils.translation import gettext as _

from guidance.tree import Problem


def said(problem: Problem) -> str:
    """One problem as a sentence that names the node."""
    words = {
        "no_tree": _("This is no script: a start and nodes are needed."),
        "size": _("A script has from 1 to %(part)s nodes."),
        "bad_key": _("A node's name has small Latin letters, digits, dashes."),
        "no_node": _("This is no node."),
        "unknown_word": _("Nobody knows the word “%(part)s”."),
        "bad_text": _("“%(part)s” is too long or no text."),
        "bad_choice": _("“%(part)s” is none of the allowed values."),
        "many_answers": _("At most %(part)s answers."),
        "bad_answer": _("An answer needs its name, its words and where it leads: %(part)s"),
        "no_start": _("The script starts nowhere."),
        "leads_nowhere": _("An answer leads to “%(part)s”, which is not there."),
        "leaf_asks": _("An end asks nothing: take the answers away."),
        "silent": _("Write what to say at this end."),
        "no_desk": _("Choose the desk that receives the contact."),
        "asks_nothing": _("Write the question."),
        "next_of_question": _("Only an end says where the next desk goes on."),
        "twice": _("Two answers have the same name."),
        "few_answers": _("A question needs at least two answers, a typed one exactly one."),
        "typed_and_chosen": _("Where the answer is typed there is one way on."),
        "unknown_fact": _("The house does not know “%(part)s” by itself."),
        "other_answers": _("What the house knows by itself answers only: %(part)s."),
        "not_reached": _("Nothing leads here."),
        "loop": _("From here one comes back here: the caller would go round in circles."),
    }
    text = words[problem.code] % {"part": problem.part}
    return _("“%(node)s”: %(text)s") % {"node": problem.node, "text": text} if problem.node else text
