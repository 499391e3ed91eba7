package io.medley.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import picocli.CommandLine;

/** The list of commands; a new one is one line here. */
final class Commands {
    /** Those that are over in seconds, most of which go into starting. */
    private static final Set<String> SHORT =
            Set.of("caption", "match", "ask", "classify", "embed", "explain", "generate", "demo");

    private Commands() {}

    private static Map<String, Function<Session, Object>> all() {
        var commands = new LinkedHashMap<String, Function<Session, Object>>();
        commands.put("caption", CaptionCommand::new);
        commands.put("match", MatchCommand::new);
        commands.put("ask", AskCommand::new);
        commands.put("classify", ClassifyCommand::new);
        commands.put("embed", EmbedCommand::new);
        commands.put("explain", ExplainCommand::new);
        commands.put("generate", GenerateCommand::new);
        commands.put("demo", DemoCommand::new);
        commands.put("scenes", ScenesCommand::new);
        commands.put("capfilt", CapfiltCommand::new);
        commands.put("dedup", DedupCommand::new);
        commands.put("bootstrap", BootstrapCommand::new);
        commands.put("models", ModelsCommand::new);
        commands.put("pull", PullCommand::new);
        commands.put("convert", ConvertCommand::new);
        commands.put("inspect", InspectCommand::new);
        commands.put("train", TrainCommand::new);
        commands.put("finetune", FinetuneCommand::new);
        commands.put("evaluate", EvaluateCommand::new);
        commands.put("experiment", Commands::experiments);
        commands.put("density", DensityCommand::new);
        commands.put("compare-samplers", CompareSamplersCommand::new);
        commands.put("verify", VerifyCommand::new);
        commands.put("bench", BenchCommand::new);
        commands.put("doctor", DoctorCommand::new);
        return commands;
    }

    /** Whether {@code args} ask for a short command that will run a model, as far as can be told without looking closer. */
    static boolean runModels(String... args) {
        var given = List.of(args);
        return !given.isEmpty() && SHORT.contains(args[0]) && !given.contains("--help") && !given.contains("-h");
    }

    private static CommandLine experiments(Session session) {
        return new CommandLine(new ExperimentCommand(session))
                .addSubcommand(new FinetuningExperimentCommand(session))
                .addSubcommand(new AblationsExperimentCommand(session))
                .addSubcommand(new BootstrappingExperimentCommand(session));
    }

    /** The whole command line, ready to execute. */
    static CommandLine line(Session session) {
        return line(session, all());
    }

    /**
     * The command line that {@code args} ask for, ready to execute them: with their command alone when they begin with one, because looking
     * at all the others takes a quarter of a second.
     */
    static CommandLine line(Session session, String... args) {
        var commands = all();
        if (args.length > 0 && commands.containsKey(args[0])) {
            commands.keySet().retainAll(List.of(args[0]));
        }
        return line(session, commands);
    }

    private static CommandLine line(Session session, Map<String, Function<Session, Object>> commands) {
        CommandLine line = new CommandLine(new MedleyCommand(session));
        commands.forEach((name, command) -> line.addSubcommand(name, command.apply(session)));
        line.setOut(session.console().outWriter());
        line.setErr(session.console().errWriter());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(false);
        line.setUsageHelpWidth(100);
        line.setParameterExceptionHandler((problem, args) -> Problems.report(problem, session.console()));
        line.setExecutionExceptionHandler(
                (problem, command, result) -> Problems.report(problem, session.console(), session.environment()));
        return line;
    }
}
