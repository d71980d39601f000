"""Answers in a spreadsheet: ``columns`` says what stands in it, ``template`` writes it, ``cells`` and ``xlsx`` read it safely,
``rows`` turns it into facts, ``comparison`` says what is new, ``marked`` hands it back with what is wrong."""
