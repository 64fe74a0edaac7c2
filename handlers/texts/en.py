"""The little that is said in English before we know what is asked; answers follow the language of the question."""

LANGUAGE = "en"

COMMANDS = (
    ("start", "Start again from the beginning"),
    ("help", "How to ask, and what I can do"),
    ("hoso", "See where your dossier stands, by its code"),
    ("gopy", "Send feedback, report wrong information"),
    ("canbo", "How to reach an officer"),
    ("xoadulieu", "Erase this conversation from the server"),
)

HELLO = (
    "**In English:** ask about a procedure in your own words, for example “marriage registration documents” or "
    "“how much is a birth certificate”, and the answer will be in English. Send the **dossier code** on your receipt "
    "to see where it stands."
)
