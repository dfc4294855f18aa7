// Starts `crawl lsp` and lets VS Code talk with it; all that the editor knows of scripts comes from there.

const { commands, window, workspace } = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

async function start() {
  const command = workspace.getConfiguration("crawl").get("path", "crawl");
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("crawl", "crawl", server, {
    documentSelector: [{ language: "crawl" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.crawl") },
  });
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(`crawl: \`${command} lsp\` does not start: ${error.message}. See the setting crawl.path.`);
  }
}

async function stop() {
  const running = client;
  client = undefined;
  if (running?.isRunning()) {
    await running.stop();
  }
}

exports.activate = async (context) => {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(commands.registerCommand("crawl.restart", restart));
  context.subscriptions.push(
    workspace.onDidChangeConfiguration((change) => change.affectsConfiguration("crawl.path") && restart()),
  );
  await start();
};

exports.deactivate = stop;
