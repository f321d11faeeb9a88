"""Names of columns that say what stands below them, in small letters. What has another name is asked for."""

LABELS = frozenset("label labels class klasse target category kind language etiquette outcome diagnosis".split())
SEQUENCES = frozenset("sequence sequences seq dna rna protein text word words letters sentence signal values".split())
IDS = frozenset("id seq_id sequence_id series series_id case case_id trial recording utterance episode".split())
GROUPS = frozenset("group patient subject speaker person participant writer site donor user".split())
TIMES = frozenset("time date datetime timestamp t year month day hour step frame index zeit datum jahr uhrzeit".split())
KNOWN = LABELS | SEQUENCES | IDS | GROUPS | TIMES | {"name", "value", "split"}  # of a header, where all cells are words
