"""An AGI script on pyst2, as its users write them."""

import sys

from asterisk.agi import AGI

agi = AGI()
agi.verbose("pyst2 is here")
agi.answer()
agi.set_variable("FROM_PYST", agi.env["agi_extension"] + " " + agi.env["agi_arg_1"])
agi.database_put("pyst", "key", "value")
agi.set_variable("READ_BACK", agi.database_get("pyst", "key"))
agi.set_variable("PRESSED", agi.get_data("silence/1", 3000, 2))
agi.say_digits("12", "")
agi.stream_file("silence/1")
agi.appexec("Set", "EXECUTED=yes")
agi.set_extension("9")
agi.set_priority("1")
sys.exit(0)
