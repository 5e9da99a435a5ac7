"""Where the command begins and ends: Ctrl-C is heard while it is loaded, and no more when all is done."""

import signal
import sys


def start() -> None:
    """Run the command."""
    try:
        from glassneuron.cli.app import main

        main()
    except KeyboardInterrupt:  # before there is anybody to hear it, or while something is said already
        print("glassneuron: interrupted.", file=sys.stderr)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Python needs a while to leave, and what is to be said is said
