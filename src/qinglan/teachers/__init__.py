"""Teachers: a permitted model's answers to tasks.

Pure: a task goes in and a prompt comes out, a reply goes in and an answer comes out, or the
reason why there is none. Asking is done by ``endpoints``, keeping by ``flow``. A teacher that
declines, runs out of room or rambles is data, not a crash.
"""

from qinglan.teachers.prompts import write_prompt
from qinglan.teachers.replies import Reading, read_reply
from qinglan.teachers.teacher import Teacher

__all__ = ["Reading", "Teacher", "read_reply", "write_prompt"]
