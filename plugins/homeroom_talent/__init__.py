"""The talent bank of a school: what students achieve in studies, in competitions and elsewhere."""
