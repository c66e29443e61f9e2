"""
Where data comes in: files of any format, read safely.

Nothing outside this package opens a user's file or touches the network. Every file is untrusted:
formulas are never evaluated, archives may not leave their folder or blow up, and whatever cannot be
read whole is refused in one line that says what to do.
"""
