export {
  definePlugin,
  type Plugin,
  type PluginAnswer,
  type PluginDefinition,
  type PluginTurn,
  type PluginVerdict,
} from './plugin.ts';
export { type FindPlugin, withPlugins } from './runtime.ts';
