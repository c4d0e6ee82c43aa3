"""Codes of refusals and failures of this package."""

from __future__ import annotations

from typing import Final

from homeroom.reading.refusals import (
    BAD_VALUE,
    UNKNOWN_REFERENCE,
)
from homeroom.refusals import (
    BAD_FORMAT,
    BAD_REQUEST,
    CONFLICT,
    FORBIDDEN,
    IN_USE,
    INVALID,
    NOT_FOUND,
    OUT_OF_RANGE,
    REQUIRED,
    TOO_BUSY,
    TOO_MANY,
    UNAUTHENTICATED,
    Code,
    FailureCode,
)

TOO_MANY_ATTEMPTS: Final = FailureCode(
    "TOO_MANY_ATTEMPTS", "There were too many attempts. Wait a quarter of an hour.", 429
)
TOO_MANY_MAILS: Final = TOO_MANY_ATTEMPTS.with_text("Too many mails were requested. Wait a quarter of an hour.")
NO_SUCH_SCHOOL: Final = FORBIDDEN.with_text("There is no such school, or you have nothing to do with it.")
NAME_THE_SCHOOL: Final = FORBIDDEN.with_text("Name the school, by its host name or by X-Homeroom-Tenant.")
HOST_OF_SCHOOL_NEEDED: Final = FORBIDDEN.with_text("Ask this at the host name of a school.")
SESSION_NEEDED: Final = UNAUTHENTICATED.with_text("Sign in. An API token is not enough for this.")
NO_API_TOKEN: Final = UNAUTHENTICATED.with_text("This is not an API token.")
SESSION_ENDED: Final = UNAUTHENTICATED.with_text("Your session has ended. Sign in again.")
OTHER_ACCOUNT: Final = FailureCode(
    "OTHER_ACCOUNT", "Somebody else has signed in in this browser. Nothing was changed.", 409
)
TOKEN_ENDED: Final = UNAUTHENTICATED.with_text("This token is no longer valid.")
WRONG_LOGIN: Final = UNAUTHENTICATED.with_text("The login or the password is wrong.")
WRONG_PASSWORD: Final = UNAUTHENTICATED.with_text("The password is wrong.")
CODE_SPENT: Final = UNAUTHENTICATED.with_text("This code was used already or is too old. Ask for another one.")
LINK_SPENT: Final = UNAUTHENTICATED.with_text("This link was used already or is too old. Ask for another one.")
LINK_SPENT_OFFICE: Final = UNAUTHENTICATED.with_text("This link was used already or is too old. Tell the office.")
INVITATION_SPENT: Final = UNAUTHENTICATED.with_text(
    "This invitation was used, withdrawn or is too old. Ask the office for another one."
)
SIGN_IN_SPENT: Final = UNAUTHENTICATED.with_text("This sign-in was used already or is too old. Sign in.")
HAS_ACCOUNT: Final = UNAUTHENTICATED.with_text("You have an account already. Sign in, then open the link again.")
PASSWORD_REQUIRED: Final = FailureCode(
    "PASSWORD_REQUIRED", "Send the password of the account, too. A session alone is not enough for this.", 403
)
CROSS_SITE: Final = FailureCode("CROSS_SITE", "This request may come from another site.", 403)
ORIGIN_NEEDED: Final = CROSS_SITE.with_text(
    "A request with the cookie of a session that changes something needs an Origin."
)
ORIGIN_NOT_LISTED: Final = CROSS_SITE.with_text("This origin may not make requests in your name here.")
CSRF_HEADER_NEEDED: Final = CROSS_SITE.with_text("Send JSON, or the header X-Homeroom-CSRF: 1.")
BAD_HOST: Final = FailureCode("BAD_HOST", "The Host header is not a host name.", 400)
BAD_PORT: Final = BAD_HOST.with_text("The Host header has no valid port.")
BAD_SELECTION: Final = FailureCode(
    "BAD_SELECTION", "The host name and X-Homeroom-Tenant name two different schools.", 400
)
HEADER_TWICE: Final = BAD_REQUEST.with_text("The header {header} is there twice.")
NO_BEARER: Final = BAD_REQUEST.with_text("The Authorization header holds no Bearer token.")
SCHOOL_NOT_OPEN: Final = FailureCode("SCHOOL_NOT_OPEN", "This school is {state}.", 403)
SCHOOL_NOT_OPEN_BECAUSE: Final = SCHOOL_NOT_OPEN.with_text("This school is {state}: {reason}")
SIGNING_IN_BUSY: Final = TOO_BUSY.with_text("Too many people are signing in. Try again in a moment.")
PERSON_NEEDED: Final = Code("PERSON_NEEDED", "This account is a member here for a person. Name the person, too.")
LAST_ADMINISTRATOR: Final = Code(
    "LAST_ADMINISTRATOR", "This is the last administrator here. Make somebody else an administrator first."
)
TOO_MANY_ORIGINS: Final = TOO_MANY.with_text("A school can list at most {most} origins.")
ORIGIN_FORMAT: Final = BAD_FORMAT.with_text("An origin is a scheme, a host and a port, such as https://app.example.")
NO_SUCH_ROLE: Final = INVALID.with_text("There is no role {role} here.")
ROLE_BEYOND: Final = INVALID.with_text(
    "You cannot give or take away the role {role}. It permits {permission}, which you do not have."
)
OWN_ROLE: Final = INVALID.with_text("You cannot extend your own role {role}. Ask somebody else.")
NO_SUCH_ACCOUNT: Final = NOT_FOUND.with_text("There is no account {login}.")
NO_SUCH_SPACE: Final = NOT_FOUND.with_text("There is no school or district {slug}.")
NOT_A_DISTRICT: Final = INVALID.with_text("A school can only join a district.")
ACCOUNT_NOT_MEMBER: Final = INVALID.with_text("The account has nothing to do with this space.")
INVITATION_ACCEPTED: Final = INVALID.with_text("This invitation was accepted. Remove the member instead.")
SIGN_IN_OR_NAME: Final = REQUIRED.with_text("Sign in, or give a name and a password.")
SLUG_FORMAT: Final = BAD_FORMAT.with_text("A short name has lower case letters, digits and hyphens.")
NOT_CLOSED: Final = Code("NOT_CLOSED", "Only a closed school can be deleted. Close it first: homeroom tenant close.")
DISTRICT_HAS_SCHOOLS: Final = IN_USE.with_text("The district has {count} schools. Let them leave first.")
SLUG_NOW_USED: Final = CONFLICT.with_text("Another school has the short name {slug} now. Rename it first.")
SCHOOL_IS_THERE: Final = CONFLICT.with_text("The school is there. Suspend it and give --replace.")
SCHOOL_IS_OPEN: Final = CONFLICT.with_text("The school is open. Suspend it before it is replaced.")
LOGIN_FORMAT: Final = BAD_FORMAT.with_text("A login has no spaces and no invisible characters.")
NO_LETTER: Final = BAD_FORMAT.with_text("A name must have a letter.")
MIXED_SCRIPTS: Final = BAD_FORMAT.with_text("“{word}” mixes letters of several scripts that look alike.")
ONE_LINE: Final = BAD_FORMAT.with_text("A name must be one line.")
ORIGIN_UNKNOWN: Final = INVALID.with_text("This school does not list this origin.")
CLIENT_ORIGIN: Final = INVALID.with_text("The client must be named by the origin of its page.")
CHALLENGE_FORMAT: Final = BAD_FORMAT.with_text("The value must be a SHA-256 in base64url, with 43 characters.")
PASSWORD_LENGTH: Final = OUT_OF_RANGE.with_text("A password must have {least} to {most} characters.")
PASSWORD_WEAK: Final = INVALID.with_text("This password is too easy to guess.")
PASSWORD_LEAKED: Final = INVALID.with_text("This password is known from data leaks. Choose another one.")
NO_PRESET: Final = INVALID.with_text("There is no preset {region}. There are these: {known}.")
NO_PLUGIN: Final = INVALID.with_text("There is no plugin {plugin}.")
SCHOOL_OR_DISTRICT: Final = INVALID.with_text("A space is a school or a district.")
BAD_SLUG: Final = BAD_VALUE.with_text("“{value}” is not a short name: lower case letters, digits and hyphens.")
PRESET_UNKNOWN: Final = UNKNOWN_REFERENCE.with_text("There is no preset “{value}”. The presets are {options}.")
DISTRICT_UNKNOWN: Final = UNKNOWN_REFERENCE.with_text("There is no district “{value}”.")
NO_MAIL_SERVER: Final = Code("NO_MAIL_SERVER", "No mail server is set.")
MAIL_DELAYED: Final = Code("MAIL_DELAYED", "The mail server takes no mail now.")
