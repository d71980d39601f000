"""How Django itself writes numbers and dates: the same in every language, so that nothing a machine reads is translated."""
