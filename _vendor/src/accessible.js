/** The views of @jupyter-widgets/controls that leave parts without a name for a screen reader, with those names. */
import * as controls from './controls.js';

const Slider = (View) =>
  class extends View {
    render() {
      super.render();
      this.nameParts();
      this.listenTo(this.model, 'change:description', this.nameParts);
    }

    nameParts() {
      const name = this.model.get('description');
      if (!name) return;
      for (const handle of this.el.querySelectorAll('[role=slider]')) handle.setAttribute('aria-label', name);
      const readout = this.el.querySelector('[contenteditable]');
      if (readout) {
        readout.setAttribute('role', 'textbox');
        readout.setAttribute('aria-label', `${name}, type a value`);
      }
    }
  };

class PlayView extends controls.PlayView {
  updatePlaying() {
    super.updatePlaying();
    this.nameButton(this.playPauseButton, this.model.get('playing') ? 'Pause' : 'Play');
    this.nameButton(this.stopButton, 'Back to the start');
  }

  updateRepeat() {
    super.updateRepeat();
    this.nameButton(this.repeatButton, 'Repeat');
    this.repeatButton.setAttribute('aria-pressed', Boolean(this.model.get('repeat')));
  }

  nameButton(button, action) {
    const subject = this.model.get('description');
    button.title = action;
    button.setAttribute('aria-label', subject ? `${action}: ${subject}` : action);
  }
}

class ToggleButtonsView extends controls.ToggleButtonsView {
  update(options) {
    super.update(options);
    this.buttongroup.setAttribute('role', 'group');
    this.buttongroup.setAttribute('aria-label', this.model.get('description'));
    for (const button of this.buttongroup.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', button.classList.contains('mod-active'));
    }
  }
}

// A control without a tooltip has null there, which its label would show as the word "null".
const { updateTooltip } = controls.DescriptionView.prototype;
controls.DescriptionView.prototype.updateTooltip = function () {
  updateTooltip.call(this);
  if (this.label && this.model.get('tooltip') === null) this.label.removeAttribute('title');
};

const sliderNames = Object.keys(controls).filter((name) => name.endsWith('SliderView'));
const sliders = Object.fromEntries(sliderNames.map((name) => [name, Slider(controls[name])]));

export default { ...controls, ...sliders, PlayView, ToggleButtonsView };
