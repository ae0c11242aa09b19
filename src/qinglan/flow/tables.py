"""File-level verbs: consensus, agreement and standings of a table, no workspace needed.

They read and write the caller's own files and touch nothing of a workspace, so there is no
permission to check; they stand here because faces reach the rooms through the flow.
"""

from qinglan.quality.files import (
    AgreementReport,
    ConsensusReport,
    RankReport,
    agreement_file,
    alarm_key,
    consensus_file,
    rank_file,
)
from qinglan.quality.judge_files import JudgeReport, judge_file
from qinglan.quality.scale_files import (
    NumberReport,
    RankingReport,
    RubricReport,
    number_file,
    ranking_file,
    rubric_file,
)
from qinglan.quality.scale_tables import has_rankings

__all__ = [
    "AgreementReport", "ConsensusReport", "JudgeReport", "NumberReport", "RankReport",
    "RankingReport", "RubricReport", "agreement_file", "alarm_key", "consensus_file",
    "has_rankings", "judge_file", "number_file", "rank_file", "ranking_file", "rubric_file",
]  # fmt: skip
