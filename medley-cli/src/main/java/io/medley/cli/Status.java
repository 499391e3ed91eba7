package io.medley.cli;

/** Exit statuses of every command. */
final class Status {
    /** Everything asked for was done. */
    static final int OK = 0;

    /** The run went to its end, but some inputs could not be used, or some checks failed. */
    static final int PARTLY = 1;

    /** The user can mend it: wrong arguments, files or models. Nothing was done. */
    static final int USER_ERROR = 2;

    /** A defect of Medley. */
    static final int DEFECT = 3;

    private Status() {}
}
