package io.medley.cli;

import io.medley.ModelRegistry;
import java.util.Map;

/**
 * What a command works with; handed to each command's constructor.
 *
 * @param console where it prints
 * @param registry where it finds models
 * @param environment the process's variables
 */
record Session(Console console, ModelRegistry registry, Map<String, String> environment) {}
