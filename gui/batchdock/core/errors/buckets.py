"""Cloud storage: what keeps a bucket from being looked at, and its files from being handed on."""

from batchdock.core.errors.base import BatchdockError
from batchdock.core.text import QT_TRANSLATE_NOOP


class BucketProblem(BatchdockError):
    """Cloud storage does not do what was asked. Each kind says what to look at."""

    title = QT_TRANSLATE_NOOP("errors", "{storage} could not do that")
    message = QT_TRANSLATE_NOOP("errors", "It answered: {reason} Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Check the storage under “From a bucket…” and try again.")


class CredentialsMissing(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "Nothing to sign in to {storage} with was found")
    message = QT_TRANSLATE_NOOP("errors", "Looked at: {where}. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Enter the keys under “From a bucket…”; they stay on this computer.")


class CredentialsPartial(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "What was found to sign in to {storage} is not complete")
    message = QT_TRANSLATE_NOOP("errors", "{where}: {missing} is missing. Nothing was asked of the service.")
    advice = QT_TRANSLATE_NOOP("errors", "Add what is missing there, or enter the keys under “From a bucket…”.")


class CredentialsUnreadable(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "What was found to sign in to {storage} can not be read")
    message = QT_TRANSLATE_NOOP("errors", "{where}: {reason} Nothing was asked of the service.")
    advice = QT_TRANSLATE_NOOP("errors", "Make the file anew where it came from, or choose another way to sign in.")


class ProfileUnsupported(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "The profile “{profile}” signs in in a way that is not supported here")
    message = QT_TRANSLATE_NOOP("errors", "It uses {way}. Nothing was asked of the service.")
    advice = QT_TRANSLATE_NOOP(
        "errors",
        "Run “aws configure export-credentials --profile {profile} --format env”, set what it says in the environment, "
        "and start Batchdock from there.",
    )


class ProfileUnknown(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "There is no profile “{profile}”")
    message = QT_TRANSLATE_NOOP("errors", "Known profiles: {known}. Nothing was asked of the service.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose one of them, or add it with “aws configure --profile {profile}”.")


class CredentialsRefused(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "{storage} does not accept these keys")
    message = QT_TRANSLATE_NOOP("errors", "They are wrong, or were deleted. It answered: {reason} Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Check that key and secret belong together and were copied whole.")


class CredentialsExpired(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "What signs in to {storage} has run out")
    message = QT_TRANSLATE_NOOP("errors", "It was good for a time only. It answered: {reason} Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Sign in anew where it came from ({where}), and try again.")


class StorageClockWrong(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "The clock of this computer is wrong by {minutes} minutes")
    message = QT_TRANSLATE_NOOP("errors", "{storage} takes no request whose time is that far off. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Set the clock, or let the system set it by itself, and try again.")


class PrefixForbidden(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "These keys may not look into “{place}”")
    message = QT_TRANSLATE_NOOP("errors", "The sign-in is fine. {storage} answered: {reason} Nothing was sent.")
    advice = QT_TRANSLATE_NOOP(
        "errors", "Choose a folder that they may list, or ask whoever manages the bucket for permission to list it."
    )


class SavingForbidden(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "These keys may not save into “{place}”")
    message = QT_TRANSLATE_NOOP("errors", "The sign-in is fine. {storage} answered: {reason} Results stay here.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose another folder, or ask for permission to write there.")


class BucketsNotListed(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "These keys may not list the buckets of {storage}")
    message = QT_TRANSLATE_NOOP("errors", "That is usual: many may only look into one. It answered: {reason}")
    advice = QT_TRANSLATE_NOOP("errors", "Type the name of the bucket.")


class PrefixEmpty(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "There is nothing in “{place}”")
    message = QT_TRANSLATE_NOOP("errors", "The bucket is there, and the keys are fine. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Check the folder; capital letters count.")


class NothingMatches(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "No picture or video matches “{pattern}”")
    message = QT_TRANSLATE_NOOP("errors", "Files looked at in “{place}”: {count}. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "** stands for any folders, * and ? for what is in one name.")


class BucketElsewhere(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "The bucket “{bucket}” is in another region: {region}")
    message = QT_TRANSLATE_NOOP("errors", "It was looked for in {asked}. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Set the region of this storage to the one where the bucket is.")


class NoSuchBucket(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "{storage} has no bucket “{bucket}”")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Check how it is written, and that it belongs to this account.")


class CanNotSign(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "This sign-in can look, but not sign addresses")
    message = QT_TRANSLATE_NOOP(
        "errors", "Found: {where}. Google lets only service accounts sign addresses. Nothing was sent."
    )
    advice = QT_TRANSLATE_NOOP(
        "errors",
        "Make a key of a service account that may read the bucket, and choose its file under “From a bucket…”.",
    )


class SignatureTooLong(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "{storage} signs addresses for {limit} at most")
    message = QT_TRANSLATE_NOOP("errors", "{hours} hours were asked for. Nothing was sent.")
    advice = QT_TRANSLATE_NOOP("errors", "Choose a shorter time.")


class BadPlace(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "“{place}” is no address of a bucket")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was asked of any service.")
    advice = QT_TRANSLATE_NOOP("errors", "It reads like s3://bucket/folder/**/*.jpg, gs://… or az://….")


class BadPattern(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "The pattern “{pattern}” can not be understood")
    message = QT_TRANSLATE_NOOP("errors", "A bracket is not closed. Nothing was asked of the service.")
    advice = QT_TRANSLATE_NOOP("errors", "[abc] stands for one of these, [!abc] for none of them, [[] for a bracket.")


class StorageForgotten(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "The storage “{storage}” is not connected any more")
    message = QT_TRANSLATE_NOOP("errors", "What was handed over stays.")
    advice = QT_TRANSLATE_NOOP("errors", "Connect it again under “From a bucket…”, with the same name.")


class StorageNameTaken(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "There is a storage “{storage}” already")
    message = QT_TRANSLATE_NOOP("errors", "Nothing was changed.")
    advice = QT_TRANSLATE_NOOP("errors", "Give this one another name.")


class StorageOnlyHere(BucketProblem):
    title = QT_TRANSLATE_NOOP("errors", "{service} can not reach {storage}")
    message = QT_TRANSLATE_NOOP(
        "errors", "Its address, {host}, is one of your own network, or has no https. Nothing was sent."
    )
    advice = QT_TRANSLATE_NOOP(
        "errors", "Run the job on this computer, or give the storage an https address in the world."
    )
