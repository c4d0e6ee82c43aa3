"""Transferring a student from one school of the installation to another, with the consent of both.

No statement ever sees two schools. The school that lets a student go puts a parcel into a table outside every space,
reached through narrow functions; the other school takes it out, answers, and either answer is collected by the first.
Each half is one transaction in its own space together with the parcel's state, which is the key: no half is lost, none
is done twice. The parcel's content is deleted as soon as there is an answer, and the parcel once both schools know it.
"""
