from billing.sweep import HEART, sweep
from common.rounds import RoundsCommand


class Command(RoundsCommand):
    help = "Catch up with everything the finance desk would have started; by the finance role (PROCESS=finance-sweep)."
    heart = HEART

    def round(self) -> None:
        sweep()
