package io.medley.cli;

import picocli.CommandLine.IVersionProvider;

/** Reads the version from the jar; a build that runs from class directories has none. */
final class Version implements IVersionProvider {

    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"medley " + (version == null ? "(development build)" : version)};
    }
}
