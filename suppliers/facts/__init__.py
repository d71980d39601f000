"""A declaration as plain data: ``typed`` into rows, ``stored`` back from rows, ``terms`` of the dossier.

The plain data is one nested dict that forms, the API and the demo all hand over; its keys are those of the models.
"""
