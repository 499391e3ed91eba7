package io.medley.cli;

import picocli.CommandLine;

/** The list of commands; a new one is one line here. */
final class Commands {
    private Commands() {}

    /** The whole command line, ready to execute. */
    static CommandLine line(Session session) {
        CommandLine line = new CommandLine(new MedleyCommand(session))
                .addSubcommand(new CaptionCommand(session))
                .addSubcommand(new MatchCommand(session))
                .addSubcommand(new AskCommand(session))
                .addSubcommand(new ClassifyCommand(session))
                .addSubcommand(new EmbedCommand(session))
                .addSubcommand(new ExplainCommand(session))
                .addSubcommand(new GenerateCommand(session))
                .addSubcommand(new DemoCommand(session))
                .addSubcommand(new ScenesCommand(session))
                .addSubcommand(new CapfiltCommand(session))
                .addSubcommand(new BootstrapCommand(session))
                .addSubcommand(new ModelsCommand(session))
                .addSubcommand(new PullCommand(session))
                .addSubcommand(new ConvertCommand(session))
                .addSubcommand(new InspectCommand(session))
                .addSubcommand(new TrainCommand(session))
                .addSubcommand(new FinetuneCommand(session))
                .addSubcommand(new EvaluateCommand(session))
                .addSubcommand(new CommandLine(new ExperimentCommand(session))
                        .addSubcommand(new FinetuningExperimentCommand(session))
                        .addSubcommand(new AblationsExperimentCommand(session)))
                .addSubcommand(new DensityCommand(session))
                .addSubcommand(new CompareSamplersCommand(session))
                .addSubcommand(new VerifyCommand(session))
                .addSubcommand(new BenchCommand(session))
                .addSubcommand(new DoctorCommand(session));
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
