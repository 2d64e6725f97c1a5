import sys
from pathlib import Path

# perf is a folder of commands, not an installed package; its torch references are tested against too.
sys.path.insert(0, str(Path(__file__).parents[3]))
sys.path.insert(0, str(Path(__file__).parent))
