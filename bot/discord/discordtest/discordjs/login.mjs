// Logs in to the Discord for tests with discord.js, an independent client, so
// that the fake stays honest. Not part of the build: see login_test.go.
//
//   npm install discord.js@14.28.1
//   DISCORD_JS=$PWD/node_modules go test -run DiscordJS ./bot/discord/discordtest
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [api, token, modules] = process.argv.slice(2);
const require = createRequire(join(modules, 'x.js'));
const { Client, GatewayIntentBits, Events, Partials, EmbedBuilder, AttachmentBuilder, MessageFlags } = require('discord.js');

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
  partials: [Partials.Channel, Partials.Message],
  rest: { api: api.replace(/\/v10$/, ''), version: '10' },
  allowedMentions: { parse: [] },
});

const say = (...words) => console.log(words.join(' '));
client.once(Events.ClientReady, async (c) => {
  say('ready', c.user.id, c.application.id, c.guilds.cache.size);
  await c.rest.put(`/applications/${c.application.id}/commands`, {
    body: [{ name: 'mem', description: 'memory', type: 1, contexts: [0, 1, 2], integration_types: [0, 1] }],
  });
  say('registered');
});
client.on(Events.ShardResume, () => say('resumed'));
client.on(Events.InteractionCreate, async (i) => {
  const embed = new EmbedBuilder().setTitle(`seen by discord.js`).setFooter({ text: '/mem a/b' });
  const allowedMentions = { parse: [] };
  if (i.isAutocomplete()) return i.respond([{ name: 'one', value: 'one' }]);
  if (i.isButton()) return i.update({ embeds: [embed.setDescription('pressed ' + i.customId)], allowedMentions });
  if (!i.isChatInputCommand()) return undefined;
  if (i.options.getString('model') === 'now') return i.reply({ embeds: [embed], flags: MessageFlags.Ephemeral, allowedMentions });
  await i.deferReply();
  const file = new AttachmentBuilder(Buffer.from('PNG'), { name: 'memory.png' });
  await i.editReply({ embeds: [embed.setImage('attachment://memory.png')], files: [file], allowedMentions });
  return i.followUp({ content: 'more', allowedMentions });
});
client.on(Events.Error, (e) => say('error', e.stack));
process.on('unhandledRejection', (e) => { say('rejected', e.stack); process.exit(1); });
await client.login(token);
