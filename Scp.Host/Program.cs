using Scp.Host.Cli;

return await Commands.InvokeAsync(args);
