"""The DAG as a user calls it, and profiles that differ from smoke in a value."""

import os
import subprocess
import sys

import yaml

from dsin_lib.config.profile import CONFIGS


def dag(results, *arguments, config="smoke", cwd=None, **variables):
    """Runs the DAG from a folder that is not the project's, unless one is named."""
    command = [sys.executable, "-m", "dsin_lib", "dag", "--config", str(config), *arguments]
    env = {**os.environ, "DSIN_RESULTS": str(results), **variables}
    done = subprocess.run(command, cwd=cwd or results, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def planned(text):
    """Jobs of each rule that a dry run lists."""
    lines = [line.split() for line in text.splitlines()]
    return {
        line[0]: int(line[1])
        for line in lines
        if len(line) == 2 and line[1].isdigit() and line[0].isalpha() and line[0] != "total"
    }


def variant(tmp_path, section, **changes):
    """The smoke profile with a parameter changed and its name, so its results, kept."""
    values = yaml.safe_load((CONFIGS / "smoke.yaml").read_text())
    values[section] = {**values.get(section, {}), **changes}
    path = tmp_path / "my configs (1)" / "smoke.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(values))
    return path
