"""What the mails say. A link's token stands behind `#`: browsers send that to nobody."""

from control.identity.mail import Letter


def _letter(to: str, name: str, subject: str, *paragraphs: str) -> Letter:
    return Letter(to, subject, "\n\n".join((f"Hello {name},", *paragraphs)) + "\n")


def password_reset(to: str, name: str, url: str, token: str, minutes: int) -> Letter:
    """With the link to a new password."""
    return _letter(
        to,
        name,
        "A new password",
        f"somebody, probably you, asked for a new password. Set it here within {minutes} minutes:",
        f"{url}/reset-password#token={token}",
        "If it was not you, ignore this mail: nothing changes.",
    )


def password_changed(to: str, name: str, url: str) -> Letter:
    """That the password is another now."""
    return _letter(
        to,
        name,
        "Your password was changed",
        "your password was changed, and all other sessions have ended.",
        f"If it was not you, set another one at once: {url}/forgot-password",
    )


def confirm_address(to: str, name: str, url: str, token: str, hours: int) -> Letter:
    """With the link that confirms the address."""
    return _letter(
        to,
        name,
        "Confirm your mail address",
        f"confirm that this address is yours, within {hours} hours:",
        f"{url}/verify-email#token={token}",
        "If you have not made an account, ignore this mail.",
    )
