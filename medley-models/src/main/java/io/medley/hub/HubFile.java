package io.medley.hub;

/**
 * One file of a repository as the server announces it.
 *
 * @param name plain file name
 * @param etag SHA-256 of the content for large files, Git's SHA-1 object id for small ones, lower-case hex; other values name the content
 *     but cannot be checked
 * @param size bytes
 */
record HubFile(String name, String etag, long size) {}
