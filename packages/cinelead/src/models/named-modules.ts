// Modules by name, saved under their names.
import * as torch from '@cinelead/torch'

/** A record of modules as one module; weights are named `<name>.<weight>`. */
export class NamedModules<Item extends torch.nn.Module> extends torch.nn.Module {
  readonly items: Readonly<Record<string, Item>>

  constructor(items: Readonly<Record<string, Item>>) {
    super()
    this.items = items
  }

  override namedChildren(): [string, torch.nn.Module][] {
    return Object.entries(this.items)
  }
}
