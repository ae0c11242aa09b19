"""The use cases, one module per verb.

Only this floor talks to ``storage``. Each verb takes a ``Context`` and an ``Actor``, checks the
permission once and owns its transactions; verbs never import verbs.
"""
